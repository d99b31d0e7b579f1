/// An ``Envelope``, bound to a relation.
enum EnvelopePlan {
    case row
    case beforeAfter
    /// The index of the payload's column.
    case outbox(Int)

    init(_ envelope: Envelope, _ columns: RelationColumns) throws(MappingError) {
        switch envelope {
        case .row: self = .row
        case .beforeAfter: self = .beforeAfter
        case .outbox(let payload): self = .outbox(try columns.indexes(of: [payload], in: "outbox.payload")[0])
        }
    }

    var isOutbox: Bool {
        if case .outbox = self { true } else { false }
    }
}
