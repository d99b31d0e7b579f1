import RowMapping

extension SettingsReader {
    /// `topic` of a section, as far as it can be judged without a table.
    func declaredTopic(_ section: CheckedSection) -> DeclaredTopic? {
        guard let entry = section.entry("topic") else { return nil }
        let template = template(section, "topic").flatMap { template in
            checkFields(template, section, entry) ? template : nil
        }
        return DeclaredTopic(template: template, path: section.path(of: "topic"), position: entry.position)
    }

    /// A topic that is the same for all records.
    func constantTopic(_ section: CheckedSection) -> String? {
        guard let text = section.text("topic") else { return nil }
        if let problem = TopicName.problem(text) {
            collector.error(
                "\(section.path(of: "topic")) \(problem)", at: section.position(of: "topic"),
                note: text.contains("{") ? "only the topics of tables can hold placeholders" : nil)
        }
        refuseStateTopic(text, section.path(of: "topic"), at: section.position(of: "topic"))
        return text
    }

    /// Reports a topic that the table's names alone make one that Kafka refuses.
    func checkTopic(of table: TableName, _ rule: TableRule, _ declared: DeclaredTopic, at position: SourcePosition) {
        // Without a placeholder it was checked where it was read.
        guard !rule.topic.fields.isEmpty, rule.topic.columns.isEmpty else { return }
        for operation in ["INSERT", "UPDATE", "DELETE", "TRUNCATE"] {
            let name = resolved(rule.topic, for: table, operation: operation)
            let replaced = Self.replacingIllegal(in: name)
            let isReplaced = rule.illegalTopicCharacters == .replace
            let topic = isReplaced ? replaced : name
            let what = "the topic that \(declared.path) gives table \(KeyChecker.quoted(table.description))"
            if refuseStateTopic(topic, what, at: position) { return }
            guard let problem = TopicName.problem(topic) else { continue }
            collector.error(
                "\(what) \(problem)", at: position,
                note: TopicName.problem(replaced) == nil ? "illegalTopicCharacters: replace puts _ for all others" : nil
            )
            return
        }
    }

    private static func replacingIllegal(in name: String) -> String {
        // The letter keeps a lone point from being taken for the whole name.
        name.unicodeScalars.map { TopicName.problem("x\($0)") == nil ? "\($0)" : "_" }.joined()
    }

    private func resolved(_ topic: Template, for table: TableName, operation: String) -> String {
        topic.parts.map { part in
            switch part {
            case .text(let text): text
            case .field(.schema): table.schema
            case .field(.table): table.name
            case .field: operation
            case .column: preconditionFailure("a column's value is not known before its row")
            }
        }.joined()
    }

    /// Whether a topic's own characters are legal and its placeholders take few values; reports what is not so.
    private func checkFields(_ topic: Template, _ section: CheckedSection, _ entry: CheckedSection.Entry) -> Bool {
        let path = section.path(of: "topic")
        if topic.fields.isEmpty, topic.columns.isEmpty {
            let name = topic.parts.map { if case .text(let text) = $0 { text } else { "" } }.joined()
            guard let problem = TopicName.problem(name) else {
                return !refuseStateTopic(name, path, at: entry.position)
            }
            collector.error("\(path) \(problem)", at: entry.position)
            return false
        }
        let fine: Set<Template.Field> = [.schema, .table, .operation]
        for field in Template.Field.allCases where topic.fields.contains(field) && !fine.contains(field) {
            let placeholder = "{\(field.rawValue)}"
            report(
                "\(placeholder) would make ever more topics",
                note: "a topic may hold {schema}, {table}, {operation} and {column:NAME}",
                offset: Self.offset(of: placeholder, in: topic.text) ?? 0, in: "the template", section, entry,
                topic.text)
            return false
        }
        for case .text(let text) in topic.parts {
            guard let problem = TopicName.problem("x" + text) else { continue }
            let inText = text.unicodeScalars.prefix { TopicName.problem("x\($0)") == nil }.count
            let offset = Self.offset(of: text, in: topic.text).map { $0 + inText }
            let place = collector.valueText(topic.text, at: entry.position)
            collector.error("\(path) \(problem)", at: offset.map(place.position(offset:)) ?? entry.position)
            return false
        }
        return true
    }

    /// Where in `text` a part of it begins, in Unicode scalars.
    private static func offset(of part: String, in text: String) -> Int? {
        text.firstRange(of: part).map { text.unicodeScalars.distance(from: text.startIndex, to: $0.lowerBound) }
    }
}
