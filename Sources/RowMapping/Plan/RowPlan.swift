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
    /// The constants and `,"operation":"INSERT"` and so on, or nothing; by the operation's raw value.
    let suffixes: [[UInt8]]
    /// What stands for a TOASTed value that the change does not carry; nothing where the field is left out.
    let placeholder: [UInt8]
    /// nil where every change is sent.
    let filter: FilterPlan?
    /// The columns that the rule names and the table does not have; without effect where the rule only warns.
    public let missingColumns: [String]

    /// Compiles `rule` for `relation`.
    ///
    /// - Parameters:
    ///   - primaryKey: the catalog's primary key, in its own order; what the key is made of without a `key` rule.
    ///     nil where the catalog was not asked (see ``needsPrimaryKey(rule:relation:)``).
    ///   - types: the catalog's descriptions of the types that are not built in (see ``unknownTypes(in:)``); those
    ///     that are missing are written as text.
    ///   - topic: the number that the rule's topic was opened under.
    public init(
        rule: TableRule, relation: Relation, primaryKey: [String]?, types: [OID: TypeDescription] = [:], topic: Int
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

        missingColumns = rule.columns.names.subtracting(relation.columns.map(\.name)).sorted()
        if rule.columns.missing == .stop, !missingColumns.isEmpty {
            throw .unknownColumns(missingColumns, table: table)
        }
        let fields = Self.fields(of: relation, rule)
        if let twice = Dictionary(grouping: fields, by: { $0 }).filter({ $1.count > 1 }).keys.sorted().first {
            throw .duplicateField(twice, table: table)
        }

        columnCount = relation.columns.count
        let prefixes = relation.columns.map { Self.prefix(rule.columns.field(of: $0.name)) }
        textLength = prefixes.reduce(0) { $0 + $1.count }
        text = .allocate(capacity: textLength + RecordBatch.slack)
        text.initialize(repeating: 0, count: textLength + RecordBatch.slack)
        columns = .allocate(capacity: max(columnCount, 1))
        var offset = 0
        for (index, column) in relation.columns.enumerated() {
            let description = types[column.type]
            let formats = rule.columnFormats[column.name] ?? rule.formats
            (text + offset).update(from: prefixes[index], count: prefixes[index].count)
            (columns + index).initialize(
                to: ColumnPlan(
                    prefixOffset: offset, prefixLength: prefixes[index].count,
                    encoding: ValueEncoding(type: description?.base ?? column.type, formats),
                    array: ArrayType(type: column.type, description, formats), isIdentity: column.isKey,
                    isIncluded: rule.columns.includes(column.name)))
            offset += prefixes[index].count
        }
        let constants = rule.columns.constants.flatMap { Self.prefix($0.field) + JSONText.quoted($0.text) }
        do throws(FilterError) {
            filter = try rule.filter.map { expression throws(FilterError) in
                try FilterPlan(expression, relation: relation, types: types)
            }
        } catch {
            throw .unfitFilter(error.message, table: table)
        }
        placeholder = rule.unchangedTOAST == .placeholder ? JSONText.quoted(rule.unchangedTOASTPlaceholder) : []
        suffixes = ChangeOperation.allCases.map { operation in
            constants + (rule.operationField.map { Self.prefix($0) + JSONText.quoted(operation.name) } ?? [])
        }
    }

    deinit {
        columns.deallocate()
        text.deallocate()
    }

    /// The fields of a value, in their order.
    private static func fields(of relation: Relation, _ rule: TableRule) -> [String] {
        relation.columns.map(\.name).filter(rule.columns.includes).map(rule.columns.field)
            + rule.columns.constants.map(\.field) + [rule.operationField].compactMap { $0 }
    }

    /// `,"name":`
    private static func prefix(_ name: String) -> [UInt8] {
        [UInt8(ascii: ",")] + JSONText.quoted(name) + [UInt8(ascii: ":")]
    }

    /// The names of the key's columns; empty for records without a key.
    public var keyColumns: [String] { key.map { relation.columns[$0].name } }

    /// The types of the relation's columns that only the catalog knows.
    public static func unknownTypes(in relation: Relation) -> Set<OID> {
        Set(relation.columns.map(\.type).filter(TypeDescription.isUnknown))
    }

    /// Whether the primary key must be read from the catalog before a plan can be made.
    ///
    /// A Relation message marks the replica identity's columns. With the default identity these are the primary key,
    /// and a single one has no order to ask for; with FULL or an index they are not.
    public static func needsPrimaryKey(rule: TableRule, relation: Relation) -> Bool {
        guard rule.key == nil else { return false }
        return relation.replicaIdentity != .default || relation.columns.count(where: \.isKey) > 1
    }
}
