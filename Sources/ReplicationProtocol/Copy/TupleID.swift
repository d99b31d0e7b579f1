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

    public static func < (a: TupleID, b: TupleID) -> Bool { (a.page, a.item) < (b.page, b.item) }

    public var description: String { "(\(page),\(item))" }
}
