internal import ReplicationProtocol

/// What the stream tells of the partitions of tables that are published as a whole.
///
/// Their changes name the table only, and their old tuples are made by the partition's replica identity. But before the
/// first change of a partition in a session, and again when the partition has been altered, the server describes the
/// table and then, with nothing in between, the partition: so what a partition's old tuples carry is known before the
/// first of them comes, for partitions that are attached meanwhile as well.
struct PartitionDescriptions {
    private var ofTables: [OID: [OID: Relation]] = [:]
    /// The last two relations described, if no change has come since.
    private var before: OID?
    private var last: Relation?
    /// Partitions that nothing was said about so far, with their tables.
    private var news: [(table: OID, partition: Relation)] = []

    /// Whether the next change may tell whose partition was described.
    private(set) var isPending = false

    /// Those of which changes have come, in the order of their numbers.
    func ofTable(_ table: OID) -> [Relation] {
        guard let partitions = ofTables[table] else { return [] }
        return partitions.values.sorted { $0.oid.rawValue < $1.oid.rawValue }
    }

    /// Takes those of a table that are new or have another shape.
    mutating func takeNews(of table: OID) -> [Relation] {
        let found = news.filter { $0.table == table }.map(\.partition)
        news.removeAll { $0.table == table }
        return found
    }

    mutating func relationCame(_ relation: Relation) {
        before = last?.oid
        last = relation
        isPending = true
    }

    /// A row's change has come, which needed all that was described just before it.
    mutating func changeCame(of table: OID) {
        if let before, before == table, let partition = last, partition.oid != table,
            ofTables[table]?[partition.oid] != partition
        {
            ofTables[table, default: [:]][partition.oid] = partition
            news.append((table, partition))
        }
        before = nil
        last = nil
        isPending = false
    }

    /// Something else has come, for which several tables may have been described.
    mutating func otherCame() {
        before = nil
        last = nil
        isPending = false
    }

    mutating func forget(_ table: OID) { ofTables[table] = nil }
}
