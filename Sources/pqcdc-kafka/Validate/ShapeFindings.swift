import Configuration
import Pipeline
import Postgres
import ReplicationProtocol
import RowMapping

/// The rules against the shapes that the stream will describe: what the daemon would refuse at a table's first change.
enum ShapeFindings {
    static func evaluate(_ settings: Settings, _ state: DatabaseState) -> [Finding] {
        settings.mappedTables(state).flatMap { mapped -> [Finding] in
            guard let table = mapped.state else { return [] }
            let relation = Relation(table, published: mapped.published, majorVersion: state.server.majorVersion)
            let publishesDeletes = state.publication?.operations.contains(.delete) ?? true
            return filter(settings, mapped, relation, state.types, publishesDeletes)
                + rest(mapped, relation, state.types)
        }
    }

    private static func filter(
        _ settings: Settings, _ mapped: MappedTable, _ relation: Relation, _ types: [OID: TypeDescription],
        _ publishesDeletes: Bool
    ) -> [Finding] {
        guard let filter = mapped.rule.filter else { return [] }
        let unknown: [String]
        do throws(FilterError) {
            unknown = try FilterPlan(filter, relation: relation, types: types).unknownInDeletes
        } catch {
            return [filterError(error, mapped, settings.filterSources[mapped.declaration])]
        }
        guard !unknown.isEmpty, publishesDeletes, mapped.rule.onDelete != .skip, !mapped.isOutbox else { return [] }
        return [
            .warning(
                "the filter of table \"\(mapped.name)\" asks for \(quote(unknown)), which a DELETE does not carry: "
                    + "where that decides, deletes are not sent",
                mend: "set REPLICA IDENTITY FULL, or say onDelete: skip")
        ]
    }

    /// What is wrong with a filter, with the place in the file.
    private static func filterError(_ error: FilterError, _ mapped: MappedTable, _ source: FilterSource?) -> Finding {
        let place =
            source.map {
                let position = $0.position(offset: error.offset)
                return "\($0.file):\(position.line):\(position.column)\($0.place(offset: error.offset))"
            } ?? "character \(error.offset + 1) of \(mapped.path).filter"
        return .error(
            "the filter of table \"\(mapped.name)\" does not fit it: \(error.message), at \(place)", mend: error.note)
    }

    /// Everything but the filter. A compiler ends at its first error, so each one is taken out of the rule, and what is
    /// left is compiled again.
    private static func rest(
        _ mapped: MappedTable, _ relation: Relation, _ types: [OID: TypeDescription]
    ) -> [Finding] {
        var rule = mapped.rule
        rule.filter = nil
        var findings: [Finding] = []
        while true {
            do throws(MappingError) {
                let plan = try mapped.plan(rule, for: relation, types)
                guard mapped.rule.columns.missing == .warn, !plan.missingColumns.isEmpty else { return findings }
                return findings + [missing(plan.missingColumns, mapped)]
            } catch {
                findings += finding(error, mapped, relation)
                let before = rule
                rule.takeOut(error)
                guard rule != before else { return findings }
            }
        }
    }

    private static func finding(_ error: MappingError, _ mapped: MappedTable, _ relation: Relation) -> [Finding] {
        // Of the key the findings on keys say more.
        switch error {
        case .unknownKeyColumns, .unknownColumns(_, "outbox.key", _): return []
        case .hiddenPrimaryKey(let columns, _):
            if let sent = mapped.published?.columns, !columns.allSatisfy(sent.contains) { return [] }
        default: break
        }
        guard case .stop(_, let advice) = RecoveryPolicy.decide(.mapping(error, at: .zero)) else {
            return [.error("\(error)", mend: nil)]
        }
        // The policy knows the table only; here it is known where the rule stands, a pattern's too.
        var remedy = advice.replacing("the rule for \(mapped.name) in mapping.tables", with: mapped.path)
        let hidden = mapped.state?.columns.map(\.name).filter { name in
            error.unknownColumns.contains(name) && !relation.columns.contains { $0.name == name }
        }
        if let hidden, !hidden.isEmpty {
            remedy += "\nthe table has \(quote(hidden)), but the publication does not send it"
        }
        return [.error("\(error)", mend: remedy)]
    }

    private static func missing(_ columns: [String], _ mapped: MappedTable) -> Finding {
        .warning(
            "\(mapped.path).columns names \(quote(columns)), which table \"\(mapped.name)\" does not send: without effect",
            mend: "take it out of the rule, or set columns.missing: stop")
    }

    private static func quote(_ names: [String]) -> String { names.map { "\"\($0)\"" }.joined(separator: ", ") }
}

extension MappingError {
    fileprivate var unknownColumns: [String] {
        if case .unknownColumns(let columns, _, _) = self { columns } else { [] }
    }
}

extension TableRule {
    /// Takes out what the error is about, as far as that leaves a rule; otherwise nothing.
    fileprivate mutating func takeOut(_ error: MappingError) {
        if case .unknownKeyColumns = error { key = [] }
        if case .hiddenPrimaryKey = error { key = [] }
        if case .illegalTopic = error { topic = Self.anyTopic }
        if case .duplicateField = error {
            columns.rename = [:]
            columns.constants = []
            operationField = nil
        }
        guard case .unknownColumns(let unknown, let rule, _) = error else { return }
        switch rule {
        case "columns": columns.missing = .warn
        case "topic", "outbox.aggregateType": topic = Self.anyTopic
        case "outbox.key": key = []
        case "headers", "outbox.headers":
            headers.removeAll { !unknown.allSatisfy { [names = $0.value.columns] in !names.contains($0) } }
        case _ where rule.hasPrefix("partition."): partition = .key
        case _ where rule.hasPrefix("outbox."): envelope = .row
        default: break
        }
    }

    private static let anyTopic: Template = "any"
}
