/// A place in the write-ahead log, in bytes from its beginning.
///
/// Printed and parsed as PostgreSQL does: two hexadecimal halves, `16/B374D848`.
/// <https://www.postgresql.org/docs/current/datatype-pg-lsn.html>
public struct LSN: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: UInt64

    @inlinable
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The text form, or nil where it is not one.
    public init?(_ text: some StringProtocol) {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        // UInt32 would also read a sign.
        guard halves.count == 2, halves.allSatisfy({ (1...8).contains($0.utf8.count) && $0.first!.isHexDigit }),
            let high = UInt32(halves[0], radix: 16), let low = UInt32(halves[1], radix: 16)
        else { return nil }
        self.rawValue = UInt64(high) << 32 | UInt64(low)
    }

    /// PostgreSQL's `InvalidXLogRecPtr`; no record has this LSN.
    public static let zero = LSN(rawValue: 0)

    @inlinable
    public static func < (a: LSN, b: LSN) -> Bool { a.rawValue < b.rawValue }

    /// How many bytes of WAL lie between `earlier` and this place; 0 where it is not earlier.
    public func bytes(since earlier: LSN) -> UInt64 {
        rawValue > earlier.rawValue ? rawValue - earlier.rawValue : 0
    }

    public var description: String {
        let high = String(rawValue >> 32, radix: 16, uppercase: true)
        let low = String(rawValue & 0xFFFF_FFFF, radix: 16, uppercase: true)
        return "\(high)/\(low)"
    }
}
