import RowMapping

extension SettingsReader {
    /// Makes of a table's rule that of a transactional outbox, and reports what cannot be said of one.
    func applyOutbox(_ table: CheckedSection, _ own: DeclaredRules?, _ rule: inout TableRule) {
        let outbox = table.section("outbox")
        for name in ["aggregateType", "key", "payload"] { check(outbox, name, IdentifierText.problem) }
        refuseBesideOutbox(table, own)
        rule.envelope = .outbox(payload: outbox.requiredText("payload"))
        rule.key = [outbox.requiredText("key")]
        rule.keyFormat = .text
        rule.columns = ColumnRules()
        rule.operationField = nil
        rule.skipUnchanged = false
        rule.headers += outboxHeaders(outbox).map { HeaderRule(name: $0, value: Self.template(column: $0)) }
    }

    /// Where an outbox's records go when no topic is named for them.
    func outboxTopic(_ table: CheckedSection) -> DeclaredTopic {
        let outbox = table.section("outbox")
        let column = outbox.requiredText("aggregateType")
        return DeclaredTopic(
            template: Self.template(TableRule.outboxTopicPrefix, column: column),
            path: outbox.path(of: "aggregateType"),
            position: outbox.position(of: "aggregateType"))
    }

    private func outboxHeaders(_ outbox: CheckedSection) -> [String] {
        if let items = outbox.list("headers"), items.isEmpty { return [] }
        return outbox.has("headers") ? columns(outbox, "headers") : ["id"]
    }

    /// A column's value behind a text. The name goes in as it is, whatever it holds.
    private static func template(_ text: String = "", column: String) -> Template {
        let parts: [Template.Part] = text.isEmpty ? [] : [.text(text)]
        return Template(text: "\(text){column:\(column)}", parts: parts + [.column(column, nil)])
    }

    /// Reports rules of a table that speak of its row as a row; in `mapping.defaults` they are for the other tables.
    private func refuseBesideOutbox(_ table: CheckedSection, _ own: DeclaredRules?) {
        let isRefused = [
            "key": true, "envelope": true, "columns": true, "keyFormat": own?.keyFormat == .json,
            "operationField": own?.operationField != "", "skipUnchanged": own?.skipUnchanged == true,
        ]
        for entry in table.entries where isRefused[entry.name] == true {
            collector.error(
                "\(table.path(of: entry.name)) cannot stand with outbox", at: entry.keyPosition,
                note: Self.outboxAdvice[entry.name])
        }
    }

    private static let outboxAdvice = [
        "key": "outbox.key names the key's column", "envelope": "the value is outbox.payload",
        "columns": "outbox names the columns that are sent", "keyFormat": "the key is the text of outbox.key",
        "operationField": "the value is outbox.payload", "skipUnchanged": "an outbox sends inserts only",
    ]
}
