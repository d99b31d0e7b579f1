/// Where a row version stands in its table: `ctid`, as PostgreSQL prints it, `(12,3)`.
/// <https://www.postgresql.org/docs/current/ddl-system-columns.html>
public struct TupleID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The page's number.
    public var page: UInt32
    /// The item's number in the page, from 1.
    public var item: UInt16

    @inlinable
    public init(page: UInt32, item: UInt16) {
        self.page = page
        self.item = item
    }

    /// The place right behind this one; the last place of all for that one.
    public var next: TupleID {
        if item < .max { return TupleID(page: page, item: item + 1) }
        return page < .max ? TupleID(page: page + 1, item: 0) : self
    }

    public static func < (a: TupleID, b: TupleID) -> Bool { (a.page, a.item) < (b.page, b.item) }

    public var description: String { "(\(page),\(item))" }
}

extension TupleID {
    /// The `ctid` that a line of COPY begins with, and the rest of the line behind its tab, or without other columns its
    /// line feed; nil where it begins with something else.
    public static func split(
        _ line: UnsafeMutableRawBufferPointer
    ) -> (tupleID: TupleID, rest: UnsafeMutableRawBufferPointer)? {
        var offset = 0
        guard let id = TupleID(UnsafeRawBufferPointer(line), &offset), offset < line.count else { return nil }
        switch line[offset] {
        case CopyByte.tab: offset += 1
        case CopyByte.lineFeed: break
        default: return nil
        }
        return (id, UnsafeMutableRawBufferPointer(rebasing: line[offset...]))
    }

    /// - Parameter offset: afterwards behind the `ctid`.
    private init?(_ line: UnsafeRawBufferPointer, _ offset: inout Int) {
        guard Self.skip(UInt8(ascii: "("), line, &offset), let page = Self.number(line, &offset),
            Self.skip(UInt8(ascii: ","), line, &offset), let item = Self.number(line, &offset),
            Self.skip(UInt8(ascii: ")"), line, &offset), page <= UInt64(UInt32.max), item <= UInt64(UInt16.max)
        else { return nil }
        self.init(page: UInt32(page), item: UInt16(item))
    }

    private static func skip(_ byte: UInt8, _ line: UnsafeRawBufferPointer, _ offset: inout Int) -> Bool {
        guard offset < line.count, line[offset] == byte else { return false }
        offset += 1
        return true
    }

    /// A decimal number of at most 10 digits, which cannot overflow.
    private static func number(_ line: UnsafeRawBufferPointer, _ offset: inout Int) -> UInt64? {
        let start = offset
        var value: UInt64 = 0
        while offset < line.count, offset - start < 10, case let digit = line[offset] &- UInt8(ascii: "0"), digit < 10 {
            value = value * 10 + UInt64(digit)
            offset += 1
        }
        return offset > start ? value : nil
    }
}
