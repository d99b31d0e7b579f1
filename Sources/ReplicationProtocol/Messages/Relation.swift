/// A table's shape, sent before its first change and again when it has changed.
/// <https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html>
public struct Relation: Hashable, Sendable {
    public struct Column: Hashable, Sendable {
        /// Whether the replica identity holds the column; with `REPLICA IDENTITY FULL` all are marked.
        public var isKey: Bool
        public var name: String
        public var type: OID
        /// `atttypmod`.
        public var typeModifier: Int32

        public init(isKey: Bool, name: String, type: OID, typeModifier: Int32 = -1) {
            self.isKey = isKey
            self.name = name
            self.type = type
            self.typeModifier = typeModifier
        }
    }

    /// `pg_class.relreplident`.
    public enum ReplicaIdentity: UInt8, Sendable {
        case `default` = 0x64  // d
        case nothing = 0x6E  // n
        case full = 0x66  // f
        case index = 0x69  // i
    }

    public var oid: OID
    public var schema: String
    public var name: String
    public var replicaIdentity: ReplicaIdentity
    public var columns: [Column]

    public init(oid: OID, schema: String, name: String, replicaIdentity: ReplicaIdentity, columns: [Column]) {
        self.oid = oid
        self.schema = schema
        self.name = name
        self.replicaIdentity = replicaIdentity
        self.columns = columns
    }

    init(_ cursor: inout WireCursor, _ bytes: RawSpan) throws(ProtocolError) {
        oid = OID(rawValue: try cursor.uint32("relation OID", bytes))
        let namespace = try cursor.string("schema", bytes)
        // An empty namespace stands for pg_catalog.
        schema = namespace.isEmpty ? "pg_catalog" : namespace
        name = try cursor.string("relation name", bytes)
        let offset = cursor.offset
        let identity = try cursor.uint8("replica identity", bytes)
        guard let replicaIdentity = ReplicaIdentity(rawValue: identity) else {
            throw .unexpectedByte(field: "replica identity", value: identity, offset: offset)
        }
        self.replicaIdentity = replicaIdentity
        let count = Int(try cursor.uint16("column count", bytes))
        guard count <= TupleSlices.maxColumns else { throw .tooManyColumns(count: count) }
        columns = []
        columns.reserveCapacity(count)
        for _ in 0..<count {
            let flags = try cursor.uint8("column flags", bytes)
            columns.append(
                Column(
                    isKey: flags & 1 == 1, name: try cursor.string("column name", bytes),
                    type: OID(rawValue: try cursor.uint32("column type", bytes)),
                    typeModifier: Int32(bitPattern: try cursor.uint32("type modifier", bytes))))
        }
    }
}
