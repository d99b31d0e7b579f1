internal import ReplicationProtocol

/// What the old tuples of a table's changes carry.
///
/// For most tables their flag says it: a full tuple has every column, a key tuple those of the replica identity, and NULL
/// in all others stands for "not sent". Not so for a partitioned table that is published as a whole
/// (`publish_via_partition_root`): the flag is made from the root's replica identity, and the tuple from that of the
/// partition. So there it is the partitions that count: NULL is a value where the identity of each partition has the
/// column; elsewhere NULL may stand for "not sent". A value that is there is always the row's.
struct OldRows {
    /// For each column, whether NULL in an old tuple that is not full means NULL.
    let carried: [Bool]
    /// For each column, whether some rows have it in their old tuples.
    let carriedBySome: [Bool]
    /// What stands for the flag of an old tuple; nil where the flag itself counts.
    private let kind: OldTuple?

    /// - Parameter partitions: those of which changes have come, as the stream describes them; none for other tables.
    init(_ relation: Relation, partitions: [Relation]) {
        // One without an identity sends no old tuples: the server refuses its UPDATEs and DELETEs.
        let identities = partitions.filter { partition in
            partition.replicaIdentity == .full || partition.columns.contains(where: \.isKey)
        }
        guard !identities.isEmpty else {
            carried = relation.columns.map(\.isKey)
            carriedBySome = carried
            kind = nil
            return
        }
        func carries(_ partition: Relation, _ name: String) -> Bool {
            partition.replicaIdentity == .full
                || partition.columns.contains { $0.isKey && $0.name.isSpelled(like: name) }
        }
        carried = relation.columns.map { column in identities.allSatisfy { carries($0, column.name) } }
        carriedBySome = relation.columns.map { column in identities.contains { carries($0, column.name) } }
        kind = identities.allSatisfy { $0.replicaIdentity == .full } ? .full : .key
    }

    /// The kind of an old tuple, whatever its flag says.
    @inline(__always)
    func kind(of old: OldTuple) -> OldTuple { old == .none ? .none : kind ?? old }

    /// The relation with what its old tuples carry as its replica identity, for what is compiled against that.
    func described(_ relation: Relation) -> Relation {
        guard let kind else { return relation }
        var relation = relation
        relation.replicaIdentity = kind == .full ? .full : .index
        for index in relation.columns.indices { relation.columns[index].isKey = carried[index] }
        return relation
    }
}
