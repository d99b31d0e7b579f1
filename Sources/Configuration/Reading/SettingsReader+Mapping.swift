import RowMapping

extension SettingsReader {
    /// The `mapping` section, joined with `kafka.tableTopicMapping`, and where its filters are written.
    func mapping() -> (rules: MappingRules, filterSources: [String: FilterSource]) {
        let mapping = file.section("mapping")
        let defaults = MappingDefaults(
            section: mapping.section("defaults"),
            rules: declaredRules(mapping.section("defaults")).laid(over: inheritedRules()),
            maskKey: maskKey(mapping))
        let topics = topics()
        var tables: [TableName: TableRule] = [:]
        var patterns: [PatternRule] = []
        var sources: [String: FilterSource] = [:]
        var positions: [TableKey: SourcePosition] = [:]
        var keyed: Set<TableName> = []

        for entry in mapping.section("tables").entries {
            guard case .section(let section) = entry.value,
                let key = tableKey(entry, TableKey.parse), isFirst(key, entry, in: &positions)
            else { continue }
            let filter = filter(section)
            sources[key.description] = filter?.source
            switch key {
            case .exact(let table):
                let rule = rule(of: table, section, mapped: topics[table], defaults, filter?.expression, entry)
                tables[table] = rule
                // An outbox says itself what its key is.
                if section.has("key") || section.has("outbox") { keyed.insert(table) }
            case .pattern(let pattern):
                let own = declaredRules(section)
                let topic = own.topic ?? implicitTopic(of: section, defaults)
                reportNoTopic(topic, of: key, section, at: entry.keyPosition)
                let rule = rule(section, own, topic: topic, defaults, filter?.expression)
                patterns.append(PatternRule(pattern: pattern, rule: rule))
            }
        }
        reportNoTables(mapping)
        var rules = MappingRules(
            tables: tables, patterns: patterns, unmapped: mapping.choice("unmapped", as: UnmappedAction.self) ?? .skip)
        for (table, mapped) in topics where positions[.exact(table)] == nil {
            // The short form says no more than the topic: a pattern's masks and filters hold for its tables all the same.
            let pattern = rules.patterns.first { $0.pattern.matches(table) }
            var rule = pattern?.rule ?? rule(nil, nil, topic: mapped, defaults, nil)
            rule.topic = mapped.template ?? ""
            rules.tables[table] = rule
            rules.shortForms.insert(table)
        }
        applyMapperKeys(to: &rules, declared: keyed)
        rules.messages = messages(mapping, defaults.rules)
        rules.deadLetterTopic = constantTopic(mapping.section("deadLetter"))
        rules.schemaChangesTopic = constantTopic(mapping.section("schemaChanges"))
        reportSharedDeadLetterTopic(rules, mapping.section("deadLetter"))
        return (rules, sources)
    }

    /// The rule of a table that is named exactly.
    private func rule(
        of table: TableName, _ section: CheckedSection, mapped: DeclaredTopic?, _ defaults: MappingDefaults,
        _ filter: FilterExpression?, _ entry: CheckedSection.Entry
    ) -> TableRule {
        let own = declaredRules(section)
        reportContradiction(own.topic, mapped)
        let topic = own.topic ?? mapped ?? implicitTopic(of: section, defaults)
        reportNoTopic(topic, of: .exact(table), section, at: entry.keyPosition)
        let rule = rule(section, own, topic: topic, defaults, filter)
        if let topic, topic.template != nil {
            checkTopic(of: table, rule, topic, at: own.topic == nil ? entry.keyPosition : topic.position)
        }
        return rule
    }

    /// A rule from a section's own keys and the defaults; without a section, from the defaults alone.
    private func rule(
        _ section: CheckedSection?, _ own: DeclaredRules?, topic: DeclaredTopic?, _ defaults: MappingDefaults,
        _ filter: FilterExpression?
    ) -> TableRule {
        var rule = defaults.rules.rule(laidOver: own, topic: topic?.template ?? "")
        rule.filter = filter
        rule.formats = formats([section, defaults.section])
        guard let section else { return rule }
        rule.columnFormats = columnFormats(section, defaults: defaults.section)
        rule.columns = columnRules(section, maskKey: defaults.maskKey)
        checkMasks(section, rule)
        if section.has("outbox") { applyOutbox(section, own, &rule) }
        return rule
    }

    /// What a section that names no topic gets.
    private func implicitTopic(of section: CheckedSection, _ defaults: MappingDefaults) -> DeclaredTopic? {
        // The default of an outbox is made for outboxes, that of `mapping.defaults` for all tables.
        section.has("outbox") ? outboxTopic(section) : defaults.rules.topic
    }

    /// What `kafka.tableTopicMapping` says.
    private func topics() -> [TableName: DeclaredTopic] {
        var topics: [TableName: DeclaredTopic] = [:]
        var positions: [TableKey: SourcePosition] = [:]
        let section = file.section("kafka").section("tableTopicMapping")
        for entry in section.entries {
            guard let table = tableKey(entry, TableNameText.parse) else { continue }
            _ = isFirst(.exact(table), entry, in: &positions)
            check(section, entry.name, TopicName.problem)
            if let topic = section.text(entry.name) {
                refuseStateTopic(
                    topic, section.path(of: KeyChecker.quoted(entry.name, plainly: true)), at: entry.position)
            }
            topics[table] = DeclaredTopic(
                template: section.text(entry.name).map { Template(literal: $0) },
                path: "kafka.tableTopicMapping", position: entry.position)
        }
        return topics
    }

    private func tableKey<Key>(_ entry: CheckedSection.Entry, _ parse: (String) throws(ValueError) -> Key) -> Key? {
        do throws(ValueError) {
            return try parse(entry.name)
        } catch {
            collector.error(
                "\(KeyChecker.quoted(entry.name)) \(error.reason)", at: entry.keyPosition, note: error.note)
            return nil
        }
    }
}
