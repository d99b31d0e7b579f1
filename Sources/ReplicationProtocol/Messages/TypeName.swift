/// A Type message: the name of a type that is not built in, sent before the first relation that uses it.
public struct TypeName: Hashable, Sendable {
    public var oid: OID
    public var schema: String
    public var name: String

    init(_ cursor: inout WireCursor, _ bytes: RawSpan) throws(ProtocolError) {
        oid = OID(rawValue: try cursor.uint32("type OID", bytes))
        let namespace = try cursor.string("schema", bytes)
        schema = namespace.isEmpty ? "pg_catalog" : namespace
        name = try cursor.string("type name", bytes)
    }
}
