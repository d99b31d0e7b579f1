import Configuration
import Pipeline
import RowMapping

/// What a valid file comes to: which tables go to which topics.
enum ConfigurationSummary {
    static func text(_ settings: Settings) -> String {
        let mapping = settings.mapping
        let tables = mapping.tables.sorted { $0.key < $1.key }
            .map { line("\($0.key)", $0.value, topic: RowPlan.constantTopic($0.value, of: $0.key)) }
        let patterns = mapping.patterns.map { line("\($0.pattern)", $0.rule, topic: nil) }
        let messages = mapping.messages.map { "  messages of \"\($0.prefix)\" -> \($0.topic)" }
        let others = [
            mapping.deadLetterTopic.map { "  what cannot become a record -> \($0), where a rule says deadLetter" },
            mapping.schemaChangesTopic.map { "  changes of a table's shape -> \($0)" },
        ].compactMap { $0 }
        let unmapped =
            switch mapping.unmapped {
            case .skip: "  any other table of the publication is skipped"
            case .error: "  any other table of the publication stops the pipeline"
            }
        return (tables + patterns + messages + others + [unmapped]).joined(separator: "\n")
    }

    private static func line(_ tables: String, _ rule: TableRule, topic: String?) -> String {
        "  \(tables) -> \(topic ?? "\(rule.topic)"), keyed by \(rule.key.map { $0.joined(separator: ", ") } ?? "the primary key")"
    }
}
