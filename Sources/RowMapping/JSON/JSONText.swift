/// Writes text as the inside of a JSON string. <https://www.rfc-editor.org/rfc/rfc8259#section-7>
package enum JSONText {
    /// What `count` bytes can become at most: each a `\u00XX`.
    @inline(__always)
    static func bound(_ count: Int) -> Int { count &* 6 }

    /// Copies `count` bytes to `output`, escaping what JSON asks for.
    ///
    /// May write up to 7 bytes past the end that it returns; reservations hold that much slack.
    @inline(__always)
    static func write(
        _ input: UnsafePointer<UInt8>, _ count: Int, to output: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        var input = input
        var output = output
        let end = input + count
        // Eight bytes at a time: a word without anything to escape is stored as it is.
        while end - input >= 8 {
            let word = UnsafeRawPointer(input).loadUnaligned(as: UInt64.self)
            UnsafeMutableRawPointer(output).storeBytes(of: word, as: UInt64.self)
            let special = specialBytes(of: word)
            if special == 0 {
                input += 8
                output += 8
            } else {
                let plain = special.trailingZeroBitCount >> 3
                input += plain
                output = escape(input[0], to: output + plain)
                input += 1
            }
        }
        while input < end {
            let byte = input[0]
            if byte < 0x20 || byte == quote || byte == backslash {
                output = escape(byte, to: output)
            } else {
                output[0] = byte
                output += 1
            }
            input += 1
        }
        return output
    }

    /// How many bytes of the input need an escape: what an exact reservation for a large value is made from.
    static func specialCount(_ input: UnsafePointer<UInt8>, _ count: Int) -> Int {
        var total = 0
        for index in 0..<count {
            let byte = input[index]
            if byte < 0x20 || byte == quote || byte == backslash { total &+= 1 }
        }
        return total
    }

    /// The high bit of each byte that is below 0x20, a quote or a backslash; exact for the lowest such byte, which is
    /// the only one that is looked at. <https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord>
    @inline(__always)
    private static func specialBytes(of word: UInt64) -> UInt64 {
        let word = UInt64(littleEndian: word)
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let quotes = word ^ (ones &* UInt64(quote))
        let backslashes = word ^ (ones &* UInt64(backslash))
        let below = (word &- ones &* 0x20) & ~word
        return (below | ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes)) & highs
    }

    @inline(never)
    private static func escape(
        _ byte: UInt8, to output: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        output[0] = backslash
        switch byte {
        case quote, backslash: output[1] = byte
        case 0x08: output[1] = UInt8(ascii: "b")
        case 0x09: output[1] = UInt8(ascii: "t")
        case 0x0A: output[1] = UInt8(ascii: "n")
        case 0x0C: output[1] = UInt8(ascii: "f")
        case 0x0D: output[1] = UInt8(ascii: "r")
        default:
            output[1] = UInt8(ascii: "u")
            output[2] = UInt8(ascii: "0")
            output[3] = UInt8(ascii: "0")
            output[4] = UInt8(ascii: "0") + byte >> 4
            output[5] = hexDigit(byte & 15)
            return output + 6
        }
        return output + 2
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")

    /// `text` as a whole JSON string, for what is prepared once for a plan.
    package static func quoted(_ text: String) -> [UInt8] {
        var text = text
        return text.withUTF8 { utf8 in
            [UInt8](unsafeUninitializedCapacity: bound(utf8.count) + 16) { buffer, count in
                let start = buffer.baseAddress!
                start[0] = quote
                var end = start + 1
                if let base = utf8.baseAddress { end = write(base, utf8.count, to: end) }
                end[0] = quote
                count = end + 1 - start
            }
        }
    }
}
