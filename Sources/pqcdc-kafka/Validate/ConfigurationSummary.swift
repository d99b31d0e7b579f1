import Configuration
import Pipeline
import RowMapping

/// What a valid file comes to: which tables go to which topics.
enum ConfigurationSummary {
    static func text(_ settings: Settings) -> String {
        let tables = settings.mapping.tables.sorted { $0.key < $1.key }.map { table, rule in
            let key = rule.key.map { $0.joined(separator: ", ") } ?? "the primary key"
            return "  \(table) -> \(rule.topic), keyed by \(key)"
        }
        let others =
            switch settings.mapping.unmapped {
            case .skip: "  any other table of the publication is skipped"
            case .error: "  any other table of the publication stops the pipeline"
            }
        return (tables + [others]).joined(separator: "\n")
    }
}
