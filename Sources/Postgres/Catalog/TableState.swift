public import ReplicationProtocol

/// A relation of the catalog: its columns, its key and what the WAL carries of its old rows.
public struct TableState: Hashable, Sendable {
    public enum Kind: String, Sendable {
        case table = "r"
        case partitionedTable = "p"
        case view = "v"
        case materializedView = "m"
        case foreignTable = "f"
        case other = "?"
    }

    public var oid: OID
    public var relation: RelationName
    public var kind: Kind
    /// Neither `UNLOGGED` nor `TEMPORARY`: only a permanent table's changes are in the WAL.
    public var isPermanent: Bool
    public var owner: String
    /// `SELECT` on the table and `USAGE` on its schema, for the role that asked.
    public var isReadable: Bool
    /// Whether row-level security applies to the role that asked, and may hide rows from it.
    public var hidesRows: Bool
    /// The topmost partitioned table, where this is a partition.
    public var partitionRoot: RelationName?
    public var partitions: [PartitionState]
    public var columns: [ColumnState]
    /// In the key's order; empty without a primary key.
    public var primaryKey: [String]
    public var replicaIdentity: ReplicaIdentity
    /// The columns that a DELETE's old tuple carries.
    public var replicaIdentityColumns: [String]
    /// The columns of its indexes that can be its replica identity, by the index's name.
    public var identityIndexes: [String: [String]] = [:]

    public init(
        oid: OID = OID(rawValue: 16_384), relation: RelationName, kind: Kind = .table, isPermanent: Bool = true,
        owner: String = "postgres", isReadable: Bool = true, hidesRows: Bool = false,
        partitionRoot: RelationName? = nil,
        partitions: [PartitionState] = [], columns: [ColumnState], primaryKey: [String],
        replicaIdentity: ReplicaIdentity = .default, replicaIdentityColumns: [String]
    ) {
        self.oid = oid
        self.relation = relation
        self.kind = kind
        self.isPermanent = isPermanent
        self.owner = owner
        self.isReadable = isReadable
        self.hidesRows = hidesRows
        self.partitionRoot = partitionRoot
        self.partitions = partitions
        self.columns = columns
        self.primaryKey = primaryKey
        self.replicaIdentity = replicaIdentity
        self.replicaIdentityColumns = replicaIdentityColumns
    }
}
