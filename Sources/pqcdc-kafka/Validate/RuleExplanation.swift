import Configuration
import Postgres
import ReplicationProtocol
import RowMapping

/// The answers of `validate --explain`. Pure.
enum RuleExplanation {
    /// The file's rules, in the order in which they decide: exact names, then patterns, the most specific first.
    static func ofFile(_ settings: Settings) -> [Explanation] {
        settings.mapping.tables.sorted { $0.key < $1.key }.map { of($0.value, titled: "\($0.key)", known: nil) }
            + settings.mapping.patterns.map { of($0.rule, titled: "\($0.pattern)", known: nil) }
    }

    /// The publication's tables, each with the rule in force; where there is no publication, the file's rules.
    static func ofPublication(_ settings: Settings, _ state: DatabaseState) -> [Explanation] {
        guard let publication = state.publication else { return ofFile(settings) }
        let mapped = Dictionary(settings.mappedTables(state).map { ($0.relation, $0) }) { first, _ in first }
        return publication.published.sorted { $0.relation < $1.relation }.map { published in
            guard let table = mapped[published.relation] else {
                var explanation = Explanation("\(published.relation)")
                explanation.say("rule", "none: \(consequence(settings.mapping.unmapped))")
                return explanation
            }
            return of(table.rule, titled: "\(table.name)", known: Known(table, state.server.majorVersion))
        }
    }

    /// What is known of a table beyond its rule.
    private struct Known {
        let table: MappedTable
        /// The columns that the stream brings.
        let columns: [String]
        /// The table's columns that it does not bring.
        let unpublished: [String]

        init(_ table: MappedTable, _ majorVersion: Int) {
            self.table = table
            let state = table.state
            columns =
                state.map { Relation($0, published: table.published, majorVersion: majorVersion).columns.map(\.name) }
                ?? []
            unpublished = state?.columns.map(\.name).filter { [columns] in !columns.contains($0) } ?? []
        }
    }

    private static func of(_ rule: TableRule, titled title: String, known: Known?) -> Explanation {
        var explanation = Explanation(title)
        if let known { explanation.say("rule", known.table.path) }
        explanation.say("topic", known?.table.topic ?? "\(rule.topic)")
        explanation.say("key", key(rule, known))
        explanation.say("partition", partition(rule.partition))
        explanation.say("envelope", envelope(rule.envelope))
        explanation.say("left out", leftOut(rule.columns, known))
        explanation.say("renamed", inOrder(rule.columns.rename, known).map { "\($0) as \($1)" })
        explanation.say("masked", inOrder(rule.columns.mask, known).map { "\($0): \($1)" })
        explanation.say("headers", headers(rule.headers))
        explanation.say("filter", rule.filter.map { oneLine($0.text) } ?? "none")
        explanation.say("onDelete", rule.onDelete.rawValue)
        explanation.say("onTruncate", rule.onTruncate.rawValue)
        explanation.say("unchangedToast", rule.unchangedTOAST.rawValue)
        explanation.say("onError", rule.onError.rawValue)
        explanation.say("onOversize", rule.onOversize.rawValue)
        return explanation
    }

    private static func consequence(_ action: UnmappedAction) -> String {
        switch action {
        case .skip: "its changes are skipped"
        case .error: "its first change stops the pipeline"
        }
    }

    private static func key(_ rule: TableRule, _ known: Known?) -> String {
        let form = rule.keyFormat == .json ? ", as JSON" : ""
        if let columns = rule.key { return columns.joined(separator: ", ") + form }
        guard let known else { return "the primary key\(form)" }
        let columns = known.table.keyColumns
        // A primary key of which the stream brings a part only is none.
        guard !columns.isEmpty, columns.allSatisfy(known.columns.contains) else { return "none" }
        return columns.joined(separator: ", ") + " (the primary key)" + form
    }

    private static func partition(_ rule: PartitionRule) -> String {
        switch rule {
        case .key: "by the key"
        case .columns(let columns): "by \(columns.joined(separator: ", "))"
        case .number(let column): "the number in \(column)"
        }
    }

    private static func envelope(_ envelope: Envelope) -> String {
        switch envelope {
        case .row: "row"
        case .beforeAfter: "before-after"
        case .outbox(let payload): "outbox, of INSERTs the bytes in \(payload)"
        }
    }

    private static func leftOut(_ rules: ColumnRules, _ known: Known?) -> [String] {
        if let known {
            return known.columns.filter { !rules.includes($0) } + known.unpublished.map { "\($0) (not published)" }
        }
        let all = rules.include.map { ["all but \($0.filter(rules.includes).joined(separator: ", "))"] }
        return all ?? rules.exclude
    }

    /// By the table's columns; without these by name.
    private static func inOrder<Value>(_ values: [String: Value], _ known: Known?) -> [(String, Value)] {
        values.sorted { a, b in
            let places = [a.key, b.key].map { known?.columns.firstIndex(of: $0) ?? Int.max }
            return (places[0], a.key) < (places[1], b.key)
        }.map { ($0.key, $0.value) }
    }

    private static func headers(_ rules: [HeaderRule]) -> [String] {
        let hasStandard = HeaderRule.standard.allSatisfy(rules.contains)
        let own = hasStandard ? rules.filter { !HeaderRule.standard.contains($0) } : rules
        return (hasStandard ? ["standard"] : []) + own.map { "\($0.name) = \($0.value)" }
    }

    /// A condition may be written over several lines.
    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }.joined(separator: " ")
    }
}
