/// Texts that tests in ASCII never reach, the same in every run with the same seed.
public struct RandomText {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    /// Texts that have broken programs before: empty, four bytes a character up to PostgreSQL's 63 bytes, accents that
    /// belong to what stands before them, one letter spelled in two ways, marks of SQL with accents, control characters.
    public static let hard: [String] = [
        "", " ", "Größe", "gr\u{F6}\u{DF}e", "gro\u{308}\u{DF}e", "\u{301}", "a\u{301}\u{301}\u{301}",
        String(repeating: "\u{1F980}", count: 15) + "abc", String(repeating: "\u{10FFFF}", count: 15),
        String(repeating: "\u{301}", count: 31), "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}", "\u{1F1E9}\u{1F1EA}",
        "日本語", "עברית", "\u{202E}abc", "\u{FEFF}bom", "\u{FFFD}", "\u{FFFF}", "a\"b", "\"\u{301}", "'\u{301}",
        ".\u{301}",
        "*\u{301}", "?", "{\u{301}}", "{schema}", "|\u{301}", "a\r\nb", "\r\n", "\n", "\t",
        "\u{1}\u{1B}[31m\u{7F}\u{85}\u{9B}",
        "\u{2028}\u{2029}", "\\", "\\u0000", "~", "%_", "$1", "İıſK", "ﬃ", "\u{1F1E9}", "-- x", ";", "null",
    ]

    /// Random bits (SplitMix64).
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number below `bound`.
    public mutating func number(below bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// Any text without NUL, which neither PostgreSQL's names nor its values hold.
    public mutating func text(upTo count: Int = 24) -> String {
        if number(below: 8) == 0 { return Self.hard[number(below: Self.hard.count)] }
        var scalars = String.UnicodeScalarView()
        for _ in 0..<number(below: count + 1) { scalars.append(scalar()) }
        return String(scalars)
    }

    /// A name that PostgreSQL takes: 1 to 63 bytes without NUL.
    public mutating func name() -> String {
        while true {
            var name = String.UnicodeScalarView()
            var bytes = 0
            for scalar in text(upTo: 63).unicodeScalars {
                bytes += UTF8.width(scalar)
                if bytes > 63 { break }
                name.append(scalar)
            }
            if !name.isEmpty { return String(name) }
        }
    }

    /// Any bytes but NUL, most of them not UTF-8: what a database in SQL_ASCII may hold.
    public mutating func bytes(upTo count: Int = 40) -> [UInt8] {
        (0..<number(below: count + 1)).map { _ in UInt8(1 + number(below: 255)) }
    }

    private mutating func scalar() -> Unicode.Scalar {
        let ranges: [ClosedRange<UInt32>] = [
            0x01...0x1F, 0x20...0x7E, 0x20...0x7E, 0x22...0x2E, 0x7F...0xFF, 0x300...0x36F, 0x370...0x7FF,
            0x800...0xD7FF,
            0x2000...0x206F, 0xE000...0xFFFF, 0x10000...0x1FFFF, 0x20000...0xEFFFF, 0xF0000...0x10FFFF,
        ]
        let range = ranges[number(below: ranges.count)]
        let value = range.lowerBound + UInt32(number(below: range.count))
        guard let scalar = Unicode.Scalar(value) else { preconditionFailure("no range holds surrogates") }
        return scalar
    }
}

extension String {
    /// Whether both are the same bytes, which equality of Strings does not ask.
    public func hasBytes(of other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
