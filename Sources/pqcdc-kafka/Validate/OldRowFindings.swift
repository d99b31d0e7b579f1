import Configuration
import Pipeline
import Postgres
import RowMapping

/// What rules make of the old row, against what the replica identity carries of it.
enum OldRowFindings {
    static func evaluate(_ settings: Settings, _ state: DatabaseState, _ quoting: SQLQuoting) -> [Finding] {
        settings.mappedTables(state).flatMap { mapped -> [Finding] in
            guard let table = mapped.state, table.replicaIdentity != .full, !mapped.isOutbox else { return [] }
            let full = "ALTER TABLE \(quoting.relation(table.relation)) REPLICA IDENTITY FULL;"
            return skipUnchanged(mapped, full) + envelope(mapped, table, full) + toast(mapped, full)
        }
    }

    private static func skipUnchanged(_ mapped: MappedTable, _ full: String) -> [Finding] {
        guard mapped.rule.skipUnchanged else { return [] }
        return [
            .warning(
                "skipUnchanged of table \"\(mapped.name)\" has no effect: without REPLICA IDENTITY FULL an UPDATE does "
                    + "not say what it changed, and every one is sent",
                mend: full)
        ]
    }

    private static func envelope(_ mapped: MappedTable, _ table: TableState, _ full: String) -> [Finding] {
        guard mapped.rule.envelope == .beforeAfter else { return [] }
        let carried = table.replicaIdentityColumns
        return [
            .note(
                "envelope: before-after of table \"\(mapped.name)\" knows no more of the old row than its replica "
                    + "identity\(carried.isEmpty ? "" : ", \(quote(carried))")",
                mend: full + more)
        ]
    }

    private static func toast(_ mapped: MappedTable, _ full: String) -> [Finding] {
        let columns = mapped.unsentColumns.map(\.name)
        guard !columns.isEmpty else { return [] }
        let consequence: String
        switch mapped.rule.unchangedTOAST {
        case .omit: consequence = "without that column"
        case .placeholder: consequence = "with the placeholder in its place"
        // The value is there; what the role needs for it is asked of the role.
        case .reselect: return []
        }
        return [
            .note(
                "an UPDATE of table \"\(mapped.name)\" that leaves a large value of \(quote(columns)) unchanged sends a "
                    + "record \(consequence)",
                mend: full + more)
        ]
    }

    private static let more = " (more WAL: every UPDATE and DELETE then writes the whole old row)"

    private static func quote(_ names: [String]) -> String { names.map { "\"\($0)\"" }.joined(separator: ", ") }
}
