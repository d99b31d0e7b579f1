public import ReplicationProtocol

/// One table's rule and shape, compiled into what each row needs: no name is looked up and no rule read per row.
///
/// Immutable once made, and shared as such.
public final class RowPlan: @unchecked Sendable {
    // Sendable because nothing behind its pointers changes between `init` and `deinit`.

    public let table: TableName
    public let rule: TableRule
    public let relation: Relation
    /// The number that the rule's topic was opened under.
    public let topic: Int

    let columns: UnsafeMutablePointer<ColumnPlan>
    let columnCount: Int
    /// All prefixes, one after the other.
    let text: UnsafeMutablePointer<UInt8>
    let textLength: Int
    /// Indexes into ``columns`` of what makes the key, in the key's order.
    let key: [Int]
    let keyIsInIdentity: Bool
    /// `,"operation":"INSERT"` and so on, or nothing; by the operation's raw value.
    let operationSuffixes: [[UInt8]]

    /// Compiles `rule` for `relation`.
    ///
    /// - Parameters:
    ///   - primaryKey: the catalog's primary key, in its own order; what the key is made of without a `key` rule.
    ///     nil where the catalog was not asked (see ``needsPrimaryKey(rule:relation:)``).
    ///   - topic: the number that the rule's topic was opened under.
    public init(
        rule: TableRule, relation: Relation, primaryKey: [String]?, topic: Int
    ) throws(MappingError) {
        table = TableName(schema: relation.schema, name: relation.name)
        self.rule = rule
        self.relation = relation
        self.topic = topic

        let keyNames = rule.key ?? primaryKey ?? relation.columns.filter(\.isKey).map(\.name)
        let indexes = keyNames.map { name in relation.columns.firstIndex { $0.name == name } }
        // A primary key that the publication's column list hides is no key at all; a declared one is a mistake.
        let unknown = zip(keyNames, indexes).filter { $1 == nil }.map(\.0)
        if rule.key != nil, !unknown.isEmpty { throw .unknownKeyColumns(unknown, table: table) }
        key = unknown.isEmpty ? indexes.compactMap { $0 } : []
        keyIsInIdentity = key.allSatisfy { relation.columns[$0].isKey }

        if let field = rule.operationField, relation.columns.contains(where: { $0.name == field }) {
            throw .operationFieldIsColumn(field, table: table)
        }

        columnCount = relation.columns.count
        let prefixes = relation.columns.map { [UInt8(ascii: ",")] + JSONText.quoted($0.name) + [UInt8(ascii: ":")] }
        textLength = prefixes.reduce(0) { $0 + $1.count }
        text = .allocate(capacity: textLength + RecordBatch.slack)
        text.initialize(repeating: 0, count: textLength + RecordBatch.slack)
        columns = .allocate(capacity: max(columnCount, 1))
        var offset = 0
        for (index, column) in relation.columns.enumerated() {
            (text + offset).update(from: prefixes[index], count: prefixes[index].count)
            (columns + index).initialize(
                to: ColumnPlan(
                    prefixOffset: offset, prefixLength: prefixes[index].count,
                    encoding: ValueEncoding(type: column.type), array: ArrayType(type: column.type),
                    isIdentity: column.isKey))
            offset += prefixes[index].count
        }
        operationSuffixes = ChangeOperation.allCases.map { operation in
            guard let field = rule.operationField else { return [] }
            return [UInt8(ascii: ",")] + JSONText.quoted(field) + [UInt8(ascii: ":")] + JSONText.quoted(operation.name)
        }
    }

    deinit {
        columns.deallocate()
        text.deallocate()
    }

    /// The names of the key's columns; empty for records without a key.
    public var keyColumns: [String] { key.map { relation.columns[$0].name } }

    /// Whether the primary key must be read from the catalog before a plan can be made.
    ///
    /// A Relation message marks the replica identity's columns. With the default identity these are the primary key,
    /// and a single one has no order to ask for; with FULL or an index they are not.
    public static func needsPrimaryKey(rule: TableRule, relation: Relation) -> Bool {
        guard rule.key == nil else { return false }
        return relation.replicaIdentity != .default || relation.columns.count(where: \.isKey) > 1
    }
}
