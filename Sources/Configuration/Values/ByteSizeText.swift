/// Sizes such as `1mb`, `512kb`, `64MiB` or a plain number of bytes.
///
/// `kb` and `KiB` are both 1024 bytes: go-pq-cdc-kafka counts that way, and its files are to keep their meaning.
enum ByteSizeText {
    private static let scales: [(shift: Int, names: [String])] = [
        (0, ["", "b", "byte", "bytes"]),
        (10, ["kb", "kib", "kilobyte", "kilobytes"]),
        (20, ["mb", "mib", "megabyte", "megabytes"]),
        (30, ["gb", "gib", "gigabyte", "gigabytes"]),
        (40, ["tb", "tib", "terabyte", "terabytes"]),
    ]

    /// What ``parse(_:)`` reads, as a regular expression.
    static let pattern =
        "[0-9]+ *(\(scales.flatMap(\.names).filter { !$0.isEmpty }.map(ValueType.inAnyCase).joined(separator: "|")))?"

    /// Reads a size in bytes.
    static func parse(_ text: String) throws(ValueError) -> Int {
        let digits = text.prefix { ("0"..."9").contains($0) }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
        guard !digits.isEmpty, let scale = scales.first(where: { $0.names.contains(unit) }) else {
            throw ValueError("must be a size such as 512kb, 1mb or 64MiB")
        }
        guard let number = Int(digits) else { throw ValueError("is too large a size") }
        let (size, overflow) = number.multipliedReportingOverflow(by: 1 << scale.shift)
        if overflow { throw ValueError("is too large a size") }
        return size
    }

    /// The largest unit that leaves a whole number, for messages: `8mb`.
    static func format(_ size: Int) -> String {
        for scale in scales.reversed() where scale.shift > 0 && size != 0 && size % (1 << scale.shift) == 0 {
            return "\(size >> scale.shift)\(scale.names[0])"
        }
        return "\(size)"
    }
}
