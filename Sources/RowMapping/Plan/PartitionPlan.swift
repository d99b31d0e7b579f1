/// A ``PartitionRule``, bound to a relation.
enum PartitionPlan {
    case key
    /// One column's text, hashed.
    case column(Int)
    /// The object that several columns make, hashed.
    case columns([Int])
    case number(Int)

    init(_ rule: PartitionRule, _ columns: RelationColumns) throws(MappingError) {
        switch rule {
        case .key: self = .key
        case .columns(let names):
            let indexes = try columns.indexes(of: names, in: "partition.columns")
            self = indexes.count == 1 ? .column(indexes[0]) : .columns(indexes)
        case .number(let name): self = .number(try columns.indexes(of: [name], in: "partition.number")[0])
        }
    }

    /// The columns that decide.
    var columns: [Int] {
        switch self {
        case .key: []
        case .column(let index), .number(let index): [index]
        case .columns(let indexes): indexes
        }
    }
}
