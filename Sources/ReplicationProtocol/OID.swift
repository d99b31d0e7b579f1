/// An object identifier of the catalog: here a relation's or a type's.
/// <https://www.postgresql.org/docs/current/datatype-oid.html>
public struct OID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt32

    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public var description: String { String(rawValue) }
}
