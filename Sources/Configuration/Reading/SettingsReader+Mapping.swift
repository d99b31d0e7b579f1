import RowMapping

extension SettingsReader {
    /// The `mapping` section, joined with `kafka.tableTopicMapping`.
    func mapping() -> MappingRules {
        let mapping = file.section("mapping")
        let defaults = mapping.section("defaults")
        let topics = topics()
        var rules: [TableName: TableRule] = [:]
        var positions: [TableName: SourcePosition] = [:]

        for entry in mapping.section("tables").entries {
            guard case .section(let section) = entry.value, let table = tableName(entry) else { continue }
            if let first = positions.updateValue(entry.keyPosition, forKey: table) {
                reportTwice(table, first: first, at: entry.keyPosition)
                continue
            }
            let topic = topic(of: table, section, mapped: topics[table], at: entry.keyPosition)
            rules[table] = rule(section, defaults: defaults, topic: topic)
        }
        for (table, mapped) in topics where positions[table] == nil {
            rules[table] = rule(nil, defaults: defaults, topic: mapped.topic ?? "")
        }
        reportNoTables(mapping)
        return MappingRules(
            tables: rules, unmapped: mapping.choice("unmapped", as: UnmappedAction.self) ?? .skip)
    }

    /// What `kafka.tableTopicMapping` says of a table; no topic where its value was refused.
    private struct MappedTopic {
        var topic: String?
        var line: Int
    }

    private func topics() -> [TableName: MappedTopic] {
        var topics: [TableName: MappedTopic] = [:]
        var positions: [TableName: SourcePosition] = [:]
        let section = file.section("kafka").section("tableTopicMapping")
        for entry in section.entries {
            guard let table = tableName(entry) else { continue }
            if let first = positions.updateValue(entry.keyPosition, forKey: table) {
                reportTwice(table, first: first, at: entry.keyPosition)
            }
            check(section, entry.name, TopicName.problem)
            topics[table] = MappedTopic(topic: section.text(entry.name), line: entry.position.line)
        }
        return topics
    }

    private func topic(
        of table: TableName, _ section: CheckedSection, mapped: MappedTopic?, at position: SourcePosition
    ) -> String {
        check(section, "topic", TopicName.problem)
        switch (section.text("topic"), mapped) {
        case (let topic?, nil):
            return topic
        case (nil, let mapped?):
            return mapped.topic ?? ""
        case (let topic?, let mapped?):
            if let other = mapped.topic, topic != other {
                collector.error(
                    "\(section.path(of: "topic")) is not the topic that kafka.tableTopicMapping names",
                    at: section.position(of: "topic"), note: "line \(mapped.line) names another; give one")
            }
            return topic
        case (nil, nil):
            if !section.has("topic") {
                collector.error(
                    "table \(KeyChecker.quoted(table.description)) has no topic", at: position,
                    note: "give it topic here, or a line in kafka.tableTopicMapping")
            }
            return ""
        }
    }

    /// A table's rule: its own keys laid over the defaults.
    private func rule(_ own: CheckedSection?, defaults: CheckedSection, topic: String) -> TableRule {
        func source(_ name: String) -> CheckedSection {
            if let own, own.has(name) { return own }
            return defaults
        }
        let field = source("operationField").text("operationField") ?? ""
        let key = source("key")
        return TableRule(
            topic: Template(literal: topic), key: key.has("key") ? columns(key, "key") : nil,
            onDelete: source("onDelete").choice("onDelete", as: DeleteAction.self) ?? .old,
            onTruncate: source("onTruncate").choice("onTruncate", as: TruncateAction.self) ?? .skip,
            operationField: field.isEmpty ? nil : field,
            skipUnchanged: source("skipUnchanged").boolean("skipUnchanged"),
            unchangedTOAST: source("unchangedToast").choice("unchangedToast", as: UnchangedTOASTAction.self) ?? .omit,
            unchangedTOASTPlaceholder: source("unchangedToastPlaceholder").text("unchangedToastPlaceholder")
                ?? TableRule.defaultPlaceholder,
            filter: own.flatMap(filter), columns: columnRules(own), formats: formats([own, defaults]),
            columnFormats: columnFormats(own, defaults: defaults))
    }

    private func tableName(_ entry: CheckedSection.Entry) -> TableName? {
        do throws(ValueError) {
            return try TableNameText.parse(entry.name)
        } catch {
            collector.error(
                "\(KeyChecker.quoted(entry.name)) \(error.reason)", at: entry.keyPosition, note: error.note)
            return nil
        }
    }

    private func reportNoTables(_ mapping: CheckedSection) {
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

    private func reportTwice(_ table: TableName, first: SourcePosition, at position: SourcePosition) {
        collector.error(
            "table \(KeyChecker.quoted(table.description)) is mapped twice, first on line \(first.line)",
            at: position)
    }
}
