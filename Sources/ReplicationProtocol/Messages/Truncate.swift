/// A TRUNCATE of one or more published tables.
public struct Truncate: Hashable, Sendable {
    public var cascade: Bool
    public var restartIdentity: Bool
    public var relations: [OID]

    init(_ cursor: inout WireCursor, _ bytes: RawSpan) throws(ProtocolError) {
        let count = Int(try cursor.uint32("relation count", bytes))
        let flags = try cursor.uint8("truncate options", bytes)
        cascade = flags & 1 != 0
        restartIdentity = flags & 2 != 0
        relations = []
        // The count is the server's word; each OID is read before the next is believed.
        for _ in 0..<count { relations.append(OID(rawValue: try cursor.uint32("relation OID", bytes))) }
    }
}
