public import ReplicationProtocol

/// A table's column.
public struct ColumnState: Hashable, Sendable {
    public var name: String
    /// With its modifier, as SQL writes it: `character varying(20)`.
    public var type: String
    public var typeOID: OID
    /// `atttypmod`.
    public var typeModifier: Int32
    public var isNotNull: Bool
    public var isGenerated: Bool
    /// Computed when it is read (PostgreSQL 18), so that the WAL never has it.
    public var isVirtual = false
    /// Whether a value may be stored out of line, and so be missing from an UPDATE that leaves it unchanged.
    public var isToastable: Bool
    /// `SELECT` on the column and `USAGE` on its schema, for the role that asked.
    public var isReadable: Bool

    public init(
        _ name: String, type: String = "integer", typeOID: OID = OID(rawValue: 23), typeModifier: Int32 = -1,
        isNotNull: Bool = false, isGenerated: Bool = false, isToastable: Bool = false, isReadable: Bool = true
    ) {
        self.name = name
        self.type = type
        self.typeOID = typeOID
        self.typeModifier = typeModifier
        self.isNotNull = isNotNull
        self.isGenerated = isGenerated
        self.isToastable = isToastable
        self.isReadable = isReadable
    }
}
