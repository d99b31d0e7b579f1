import RowMapping

/// What is wrong with the tables of `mapping` when they are seen together.
extension SettingsReader {
    /// Whether a table or pattern is named for the first time; reports it where it is not.
    func isFirst(
        _ key: TableKey, _ entry: CheckedSection.Entry, in positions: inout [TableKey: SourcePosition]
    ) -> Bool {
        guard let first = positions.updateValue(entry.keyPosition, forKey: key) else { return true }
        let what =
            switch key {
            case .exact: "table"
            case .pattern: "pattern"
            }
        collector.error(
            "\(what) \(KeyChecker.quoted(key.description)) is mapped twice, first on line \(first.line)",
            at: entry.keyPosition)
        return false
    }

    /// Reports a table whose topic stands in two places that do not agree.
    func reportContradiction(_ own: DeclaredTopic?, _ mapped: DeclaredTopic?) {
        guard let own, let mapped, let topic = own.template, let other = mapped.template, topic.text != other.text
        else {
            return
        }
        collector.error(
            "\(own.path) is not the topic that kafka.tableTopicMapping names", at: own.position,
            note: "line \(mapped.position.line) names another; give one")
    }

    func reportNoTopic(
        _ topic: DeclaredTopic?, of key: TableKey, _ section: CheckedSection, at position: SourcePosition
    ) {
        guard topic == nil else { return }
        switch key {
        case .exact(let table):
            collector.error(
                "table \(KeyChecker.quoted(table.description)) has no topic", at: position,
                note: "give it topic here or in kafka.tableTopicMapping, or all tables one in mapping.defaults")
        case .pattern(let pattern):
            collector.error(
                "pattern \(KeyChecker.quoted(pattern.description)) has no topic", at: position,
                note: #"give it topic here, as "cdc.{schema}.{table}", or all tables one in mapping.defaults"#)
        }
    }

    /// Reports a dead-letter topic that records go to by themselves: of what is too large for it, nobody could tell what
    /// has been given up before.
    func reportSharedDeadLetterTopic(_ rules: MappingRules, _ section: CheckedSection) {
        guard let topic = rules.deadLetterTopic else { return }
        let literal = Template(literal: topic).parts
        let uses =
            rules.tables.sorted { $0.key < $1.key }.filter { $1.topic.parts == literal }.map { "table \"\($0.key)\"" }
            + rules.patterns.filter { $0.rule.topic.parts == literal }.map { "pattern \"\($0.pattern)\"" }
            + rules.messages.filter { $0.topic == topic }.map { "messages of \"\($0.prefix)\"" }
            + (rules.schemaChangesTopic == topic ? ["mapping.schemaChanges"] : [])
        guard let use = uses.first else { return }
        collector.error(
            "\(section.path(of: "topic")) is also the topic of \(KeyChecker.printable(use, limit: 300))",
            at: section.position(of: "topic"), note: "give dead letters a topic of their own")
    }

    func reportNoTables(_ mapping: CheckedSection) {
        let kafka = file.section("kafka")
        for (section, name) in [(file, "mapping"), (mapping, "tables"), (file, "kafka"), (kafka, "tableTopicMapping")] {
            if section.isRefused(name) { return }
        }
        guard mapping.section("tables").entries.isEmpty, kafka.section("tableTopicMapping").entries.isEmpty else {
            return
        }
        collector.error(
            "no table is mapped to a topic", at: mapping.position,
            note: "mapping.tables or kafka.tableTopicMapping names them, as public.users: users",
            showsSource: mapping.position != .start)
    }
}
