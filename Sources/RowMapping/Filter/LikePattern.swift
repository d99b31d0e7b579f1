/// A pattern of `like`, with its wildcards as bytes that UTF-8 never has.
enum LikePattern {
    /// `%`: any characters, or none.
    private static let anyRun: UInt8 = 0xFF
    /// `_`: one character.
    private static let anyOne: UInt8 = 0xFE

    /// - Returns: nil where the pattern ends with the backslash that should protect a character.
    static func compile(_ pattern: String) -> [UInt8]? {
        var compiled: [UInt8] = []
        var isEscaped = false
        for byte in pattern.utf8 {
            if isEscaped {
                compiled.append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "%") {
                if compiled.last != anyRun { compiled.append(anyRun) }
            } else {
                compiled.append(byte == UInt8(ascii: "_") ? anyOne : byte)
            }
        }
        return isEscaped ? nil : compiled
    }

    /// Whether the whole text matches.
    ///
    /// Only the last `%` is ever taken back: what matched before it needs no second look. So the time is at most the
    /// product of both lengths.
    static func matches(_ text: UnsafeBufferPointer<UInt8>, _ pattern: UnsafeBufferPointer<UInt8>) -> Bool {
        var at = 0
        var part = 0
        /// Behind the last `%`, and where in the text what follows it was tried; nil before the first.
        var retry: (part: Int, at: Int)?
        while at < text.count {
            if part < pattern.count {
                let wanted = pattern[part]
                if wanted == anyRun {
                    part += 1
                    if part == pattern.count { return true }
                    retry = (part, at)
                    continue
                }
                if wanted == anyOne {
                    at = characterEnd(text, at)
                    part += 1
                    continue
                }
                if wanted == text[at] {
                    at += 1
                    part += 1
                    continue
                }
            }
            guard let last = retry else { return false }
            at = characterEnd(text, last.at)
            part = last.part
            retry = (part, at)
        }
        while part < pattern.count, pattern[part] == anyRun { part += 1 }
        return part == pattern.count
    }

    /// Behind the character that begins at `start`.
    @inline(__always)
    private static func characterEnd(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        var end = start + 1
        while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
        return end
    }
}
