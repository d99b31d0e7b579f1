public import ReplicationProtocol
public import RowMapping

/// What of a table a snapshot has delivered. Kept in a record of the state topic for each table.
public struct LeafProgress: Hashable, Sendable {
    /// ``SnapshotStage/run``.
    public var run: UInt64
    public var table: TableName
    public var oid: OID
    public var fileNode: OID
    /// The relation whose changes the stream brings: the partitioned table where it is published as a whole.
    public var relation: OID
    /// The consistent point of the snapshot with which its first rows were read: earlier changes are in them.
    public var skipBelow: LSN
    /// That of the last one. Between the two the stream brings changes that some of the rows have and others have not.
    public var until: LSN
    /// ``SnapshotThreshold/keyChangesBelow``, where that is further.
    public var keyChangesBelow = LSN.zero
    public var rows: UInt64 = 0
    /// Of records.
    public var bytes: UInt64 = 0
    var done = PageRanges()
    public var isFinished = false

    init(run: UInt64, _ leaf: SnapshotLeaf, at point: LSN) {
        self.run = run
        table = leaf.table
        oid = leaf.oid
        fileNode = leaf.fileNode
        relation = leaf.relation.oid
        skipBelow = point
        until = point
    }
}

/// The key is `{"kind":"snapshot","systemIdentifier":"7412","database":"shop","slot":"shop_slot","schema":"public","table":"t"}`,
/// the value `{"run":7,"schema":"public","name":"t","oid":16384,"file":16384,"relation":16384,"skipBelow":"0/15","until":
/// "0/15","keyChangesBelow":"0/0","rows":9,"bytes":99,"done":"0-100","finished":0}`.
extension LeafProgress {
    public init(json: [UInt8]) throws(StateRecordError) {
        let fields = try StateFields(json)
        func oid(_ name: String) throws(StateRecordError) -> OID {
            guard let number = UInt32(exactly: try fields.number(name)) else { throw .wrongField(name) }
            return OID(rawValue: number)
        }
        run = try fields.number("run")
        table = TableName(schema: try fields.text("schema"), name: try fields.text("name"))
        self.oid = try oid("oid")
        fileNode = try oid("file")
        relation = try oid("relation")
        skipBelow = try fields.lsn("skipBelow")
        until = try fields.lsn("until")
        keyChangesBelow = try fields.lsn("keyChangesBelow")
        rows = try fields.count("rows")
        bytes = try fields.count("bytes")
        guard let done = PageRanges(try fields.text("done")) else { throw .wrongField("done") }
        self.done = done
        isFinished = try fields.number("finished") != 0
    }

    public var json: [UInt8] {
        var text = Array("{\"run\":\(run),\"schema\":".utf8) + JSONText.quoted(table.schema)
        text += Array(",\"name\":".utf8) + JSONText.quoted(table.name)
        text += ",\"oid\":\(oid.rawValue),\"file\":\(fileNode.rawValue),\"relation\":\(relation.rawValue)".utf8
        text += ",\"skipBelow\":\"\(skipBelow)\",\"until\":\"\(until)\"".utf8
        text += ",\"keyChangesBelow\":\"\(keyChangesBelow)\",\"rows\":\(rows),\"bytes\":\(bytes)".utf8
        text += ",\"done\":\"\(done.text)\",\"finished\":\(isFinished ? 1 : 0)}".utf8
        return text
    }

    /// The key of the table's record.
    func key(of identity: PipelineIdentity) -> [UInt8] { identity.json(kind: Self.kind, table: table) }

    /// Whether a record's key is that of a table of this pipeline.
    public static func isKey(_ key: [UInt8], of identity: PipelineIdentity) -> Bool {
        guard let fields = try? StateFields(key) else { return false }
        func holds(_ name: String, _ text: String) -> Bool { (try? fields.text(name)) == text }
        return holds("kind", kind) && holds("systemIdentifier", identity.systemIdentifier)
            && holds("database", identity.database) && holds("slot", identity.slot)
    }

    private static let kind = "snapshot"
}
