internal import ReplicationProtocol
internal import RowMapping

/// A row of which values are to be read from the table, since its UPDATE does not carry them.
struct Reselection {
    var relation: OID
    var table: TableName
    /// The columns to read, by index and by name.
    var indexes: [Int]
    var columns: [String]
    /// The replica identity's columns and their texts, which say which row; empty where the UPDATE does not tell.
    var key: [(column: String, value: [UInt8])]

    /// - Parameter bytes: the UPDATE's frame, which has left `tuples`.
    init(_ indexes: [Int], of plan: RowPlan, _ tuples: borrowing ChangeTuples, _ bytes: RawSpan) {
        let relation = plan.relation
        self.relation = relation.oid
        table = TableName(schema: relation.schema, name: relation.name)
        self.indexes = indexes
        columns = indexes.map { relation.columns[$0].name }
        key = []
        for index in plan.identity {
            // With no old tuple the identity has not changed; with a key tuple the row has the new one by now.
            let slice = tuples.new[index]
            guard slice.kind == .text else {
                key = []
                return
            }
            let value = bytes.withUnsafeBytes { Array($0[slice.range]) }
            key.append((relation.columns[index].name, value))
        }
    }
}
