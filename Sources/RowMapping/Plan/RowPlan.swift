public import ReplicationProtocol

/// One table's rule and shape, compiled into what each row needs: no name is looked up and no rule read per row.
///
/// Immutable once made, and shared as such.
public final class RowPlan: @unchecked Sendable {
    // Sendable because nothing behind its pointers changes between `init` and `deinit`.

    public let table: TableName
    public let rule: TableRule
    public let relation: Relation
    /// What ``RecordBatch/Record/table`` says of its records.
    public let number: Int32

    let columns: UnsafeMutablePointer<ColumnPlan>
    let columnCount: Int
    /// All prefixes, one after the other.
    let text: UnsafeMutablePointer<UInt8>
    let textLength: Int
    /// Indexes into ``columns`` of what makes the key, in the key's order.
    let key: [Int]
    /// The key's column where its text is the key; nil where a JSON object is, or nothing.
    let textKey: Int?
    /// Indexes of all columns that say where a record goes: the key's, the partition's and the topic's. A row that
    /// changes in one of them leaves its old place.
    let routing: [Int]
    let routingIsInIdentity: Bool
    let oldRows: OldRows
    let topic: TopicPlan
    let partition: PartitionPlan
    let envelope: EnvelopePlan
    let headers: HeaderPlan
    /// The constants and `,"operation":"INSERT"` and so on, or nothing; by the operation's raw value.
    let suffixes: [[UInt8]]
    /// What stands for a TOASTed value that the change does not carry; nothing where the field is left out.
    let placeholder: [UInt8]
    let masks: [Mask]
    /// What masks may write more than a value's own bound allows for, in one row.
    let maskSlack: Int
    let usesCommitTime: Bool
    let reselects: Bool
    /// nil where every change is sent.
    let filter: FilterPlan?
    /// The columns that the rule names and the table does not have; without effect where the rule only warns.
    public let missingColumns: [String]

    /// Compiles `rule` for `relation`.
    ///
    /// - Parameters:
    ///   - primaryKey: the catalog's primary key, in its own order; what the key is made of without a `key` rule.
    ///     nil where the columns that the relation marks are the key (see ``primaryKey(_:unsent:of:)``).
    ///   - types: the catalog's descriptions of the types that are not built in (see ``unknownTypes(in:)``); those
    ///     that are missing are written as text.
    ///   - partitions: of a partitioned table that is published as a whole, those of which changes have come.
    ///   - topic: the number of the topic that ``constantTopic(rule:relation:)`` names; of no meaning where rows decide.
    ///   - number: what the records shall say of their table.
    public init(
        rule: TableRule, relation: Relation, primaryKey: [String]?, types: [OID: TypeDescription] = [:],
        partitions: [Relation] = [], topic: Int, number: Int = 0
    ) throws(MappingError) {
        let names = RelationColumns(relation)
        table = names.table
        self.rule = rule
        self.relation = relation
        self.number = Int32(number)

        let keyNames = rule.key ?? primaryKey ?? relation.columns.filter(\.isKey).map(\.name)
        let unknown = keyNames.filter { !names.contains($0) }
        if !unknown.isEmpty {
            // Without it, or with a part of it, rows would have no key of their own.
            if rule.key == nil { throw .hiddenPrimaryKey(unknown, table: table) }
            throw rule.isOutbox
                ? .unknownColumns(unknown, rule: "outbox.key", table: table) : .unknownKeyColumns(unknown, table: table)
        }
        key = try names.indexes(of: keyNames, in: "key")

        textKey = rule.keyFormat == .text && key.count == 1 ? key[0] : nil
        usesCommitTime = rule.timestamp == .commit
        reselects = rule.unchangedTOAST == .reselect

        missingColumns = rule.columns.names.subtracting(relation.columns.map(\.name)).sorted()
        if rule.columns.missing == .stop, !missingColumns.isEmpty {
            throw .unknownColumns(missingColumns, rule: "columns", table: table)
        }
        if let twice = Self.duplicateField(of: relation, rule) { throw .duplicateField(twice, table: table) }

        self.topic = try TopicPlan(rule, names, number: topic)
        partition = try PartitionPlan(rule.partition, names)
        headers = try HeaderPlan(rule.headers, names, declaredIn: rule.declaration(of:))
        envelope = try EnvelopePlan(rule.envelope, names)
        var routing = key
        for index in partition.columns + self.topic.columns where !routing.contains(index) { routing.append(index) }
        self.routing = routing
        let oldRows = OldRows(relation, partitions: partitions)
        self.oldRows = oldRows
        routingIsInIdentity = routing.allSatisfy { oldRows.carried[$0] }

        columnCount = relation.columns.count
        let prefixes = relation.columns.map { Self.prefix(rule.columns.field(of: $0.name)) }
        textLength = prefixes.reduce(0) { $0 + $1.count }
        text = .allocate(capacity: textLength + RecordBatch.slack)
        text.initialize(repeating: 0, count: textLength + RecordBatch.slack)
        columns = .allocate(capacity: max(columnCount, 1))
        var offset = 0
        var masks: [Mask] = []
        for (index, column) in relation.columns.enumerated() {
            (text + offset).update(from: prefixes[index], count: prefixes[index].count)
            let mask = rule.columns.mask[column.name]
            (columns + index).initialize(
                to: ColumnPlan(
                    column, isIdentity: oldRows.carried[index], rule, types[column.type],
                    prefix: offset..<offset + prefixes[index].count,
                    mask: mask == nil ? nil : masks.count))
            if let mask { masks.append(mask) }
            offset += prefixes[index].count
        }
        self.masks = masks
        maskSlack = masks.reduce(0) { $0 + JSONText.bound($1.bound(0)) }
        do throws(FilterError) {
            filter = try rule.filter.map { expression throws(FilterError) in
                try FilterPlan(
                    expression, relation: oldRows.described(relation), types: types, sometimes: oldRows.carriedBySome)
            }
        } catch {
            throw .unfitFilter(error.message, table: table)
        }
        placeholder = rule.unchangedTOAST == .placeholder ? JSONText.quoted(rule.unchangedTOASTPlaceholder) : []
        let constants = rule.columns.constants.flatMap { Self.prefix($0.field) + JSONText.quoted($0.text) }
        let operationField = Self.operationField(rule)
        suffixes = ChangeOperation.allCases.map { operation in
            constants + (operationField.map { Self.prefix($0) + JSONText.quoted(operation.name) } ?? [])
        }
    }

    deinit {
        columns.deallocate()
        text.deallocate()
    }

    /// `,"name":`
    static func prefix(_ name: String) -> [UInt8] {
        [UInt8(ascii: ",")] + JSONText.quoted(name) + [UInt8(ascii: ":")]
    }

    /// An object with before and after always says what happened: neither alone tells an update from the rest.
    private static func operationField(_ rule: TableRule) -> String? {
        rule.operationField ?? (rule.envelope == .beforeAfter ? "operation" : nil)
    }

    /// The first of the value's fields, by name, that would be there twice.
    private static func duplicateField(of relation: Relation, _ rule: TableRule) -> String? {
        let row = relation.columns.map(\.name).filter(rule.columns.includes).map(rule.columns.field)
        let others = rule.columns.constants.map(\.field) + [operationField(rule)].compactMap { $0 }
        func twice(_ fields: [String]) -> String? {
            // By their bytes: fields that a String takes for equal can be two to JSON.
            Dictionary(grouping: fields, by: { Array($0.utf8) }).values.filter { $0.count > 1 }.map { $0[0] }.min()
        }
        return switch rule.envelope {
        case .row: twice(row + others)
        case .beforeAfter: twice(row) ?? twice(["before", "after"] + others)
        case .outbox: nil
        }
    }

    /// The names of the key's columns; empty for records without a key.
    public var keyColumns: [String] { key.map { relation.columns[$0].name } }

    /// Indexes of the columns that every old tuple carries; those of the replica identity for most tables.
    public var identity: [Int] { (0..<columnCount).filter { columns[$0].isIdentity } }

    /// The kind of an old tuple, whatever its flag says: a full one carries every column. See ``OldRows``.
    @inline(__always)
    public func kind(of old: OldTuple) -> OldTuple { oldRows.kind(of: old) }

    /// The types of the relation's columns that only the catalog knows.
    public static func unknownTypes(in relation: Relation) -> Set<OID> {
        Set(relation.columns.map(\.type).filter(TypeDescription.isUnknown))
    }

    /// Whether the primary key must be read from the catalog before a plan can be made.
    ///
    /// A Relation message marks the replica identity's columns. With FULL or an index these are not the primary key; with
    /// the default identity they are what is sent of it, in no order, and only the catalog knows whether that is all: a
    /// generated column is not sent, nor is one that a column list leaves out.
    public static func needsPrimaryKey(rule: TableRule) -> Bool { rule.key == nil }

    /// The primary key as the relation's changes have it, by what the catalog says now; nil where the relation's marks
    /// are the key.
    ///
    /// - Parameters:
    ///   - primaryKey: the catalog's, in its own order; nil for a table without one, or that is gone by now.
    ///   - unsent: those of its columns that the server never sends.
    public static func primaryKey(
        _ primaryKey: [String]?, unsent: [String], of relation: Relation
    ) -> [String]? {
        // With an identity other than the primary key, its marks must not stand in for a key that is not there.
        guard relation.replicaIdentity == .default else { return primaryKey ?? [] }
        guard let primaryKey else { return nil }
        if !unsent.isEmpty { return primaryKey }
        // The stream knows the key as it was at the change, and a single column has no order to ask for.
        let marks = relation.columns.filter(\.isKey)
        return marks.count > 1 ? primaryKey : nil
    }

    /// The topic of all of a table's records; nil where each row decides.
    public static func constantTopic(rule: TableRule, relation: Relation) throws(MappingError) -> String? {
        try TopicPlan.constantName(rule, RelationColumns(relation))
    }
}
