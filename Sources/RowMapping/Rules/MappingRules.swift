/// All declared rules, resolved: each table's rule already carries the defaults.
public struct MappingRules: Hashable, Sendable {
    /// The rules of tables that are named exactly.
    public var tables: [TableName: TableRule]
    /// The rules of tables that match a pattern, the most specific first; for tables that ``tables`` does not name.
    public var patterns: [PatternRule]
    public var unmapped: UnmappedAction
    /// Those of ``tables`` that only `kafka.tableTopicMapping` names, which says no more than a topic.
    public var shortForms: Set<TableName> = []
    /// Where logical messages go, in the file's order; the first that matches decides. Others are ignored.
    public var messages: [MessageRule] = []
    /// `mapping.deadLetter.topic`; there wherever a rule asks for it.
    public var deadLetterTopic: String?
    /// `mapping.schemaChanges.topic`: where a record goes for each shape that a table takes.
    public var schemaChangesTopic: String?

    public init(
        tables: [TableName: TableRule], patterns: [PatternRule] = [], unmapped: UnmappedAction = .skip
    ) {
        self.tables = tables
        // Of two that are equally specific the file's first decides; the library's sort does not promise to keep order.
        self.patterns = patterns.enumerated().sorted { a, b in
            if a.element.pattern.isMoreSpecific(than: b.element.pattern) { return true }
            if b.element.pattern.isMoreSpecific(than: a.element.pattern) { return false }
            return a.offset < b.offset
        }.map(\.element)
        self.unmapped = unmapped
    }

    private var allRules: [TableRule] { Array(tables.values) + patterns.map(\.rule) }

    /// Whether some records name their partition by a hash.
    public var hashesPartitions: Bool {
        allRules.contains { if case .columns = $0.partition { true } else { false } }
    }

    /// Whether some records that Kafka does not take are put aside: for their size, or for want of a key, their time or
    /// partition.
    public var putsRecordsAside: Bool {
        allRules.contains { $0.onOversize != .stop || $0.onError != .stop }
            || messages.contains { $0.onOversize != .stop || $0.onError != .stop }
    }

    /// The most specific rule for `table`.
    public func rule(for table: TableName) -> TableRule? {
        tables[table] ?? patterns.first { $0.pattern.matches(table) }?.rule
    }

    /// The key of `mapping.tables` whose rule is in force for `table`: its name, or a pattern.
    public func declaration(for table: TableName) -> String? {
        if tables[table] != nil, !shortForms.contains(table) { return "\(table)" }
        return patterns.first { $0.pattern.matches(table) }?.pattern.description
            ?? (tables[table] == nil ? nil : "\(table)")
    }

    /// The rule for messages of `prefix`.
    public func rule(forMessagesOf prefix: String) -> MessageRule? { messages.first { $0.matches(prefix) } }
}
