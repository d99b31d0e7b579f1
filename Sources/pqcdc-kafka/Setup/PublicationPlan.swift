import Configuration
import Postgres
import RowMapping

/// The publication, created or brought in line with the configuration.
///
/// What the file does not state is left as it is. A table that only the mapping names is added, but nothing is ever
/// dropped on the mapping's account: other subscribers may share the publication.
struct PublicationPlan {
    private let settings: Settings
    private let state: DatabaseState
    private let quoting: SQLQuoting
    private var part = SetupPart()

    static func make(_ settings: Settings, _ state: DatabaseState, _ quoting: SQLQuoting) -> SetupPart {
        var plan = PublicationPlan(settings: settings, state: state, quoting: quoting)
        if let publication = state.publication { plan.align(publication) } else { plan.create() }
        plan.notePatterns()
        return plan.part
    }

    /// `publish_generated_columns` of a publication that is there, apart from the rest: where more is sent it comes before
    /// a replica identity that needs it, and where less is, after one that needs it no more.
    static func generatedColumns(
        _ settings: Settings, _ state: DatabaseState, _ quoting: SQLQuoting
    ) -> SetupPart {
        var plan = PublicationPlan(settings: settings, state: state, quoting: quoting)
        if let wanted = settings.cdc.publication.generatedColumns.map({ PublicationState.GeneratedColumns($0) }),
            let present = state.publication?.generatedColumns, wanted != present
        {
            plan.set("publish_generated_columns", wanted.rawValue, was: present.rawValue)
        }
        return plan.part
    }

    private init(settings: Settings, state: DatabaseState, quoting: SQLQuoting) {
        self.settings = settings
        self.state = state
        self.quoting = quoting
    }

    private var name: String { settings.cdc.publication.name }
    private var quotedName: String { quoting.identifier(name) }

    private mutating func create() {
        let operations =
            settings.cdc.publication.operations.isEmpty
            ? [.insert, .update, .delete] : settings.wantedOperations
        var options = ["publish = \(quoting.literal(Self.list(operations)))"]
        if settings.wantsPartitionRoot(state) { options.append("publish_via_partition_root = true") }
        if let generated = settings.cdc.publication.generatedColumns {
            options.append("publish_generated_columns = \(generated.rawValue)")
        }
        part.steps.append(
            SetupStep(
                "create the publication \"\(name)\"",
                "CREATE PUBLICATION \(quotedName) FOR TABLE \(tableList(settings.wantedTables)) "
                    + "WITH (\(options.joined(separator: ", ")))",
                undo: "DROP PUBLICATION IF EXISTS \(quotedName)"))
    }

    private mutating func align(_ publication: PublicationState) {
        alignTables(publication)
        let wanted = settings.wantedOperations
        if !wanted.isEmpty, wanted != publication.operations {
            set("publish", quoting.literal(Self.list(wanted)), was: quoting.literal(Self.list(publication.operations)))
        }
        if settings.wantsPartitionRoot(state), !publication.viaRoot {
            set("publish_via_partition_root", "true", was: "false")
        }
    }

    private mutating func alignTables(_ publication: PublicationState) {
        guard !publication.allTables else {
            part.notes.append("publication \"\(name)\" is FOR ALL TABLES: its tables are left as they are")
            return
        }
        let statesTables = !settings.cdc.publication.tables.isEmpty
        let wanted = settings.wantedTables
        let missing = wanted.filter { table in
            !publication.members.contains { $0.relation == table.relation }
                // A whole schema publishes the table already, but always with all its columns.
                && !(publication.schemas.contains(table.relation.schema) && table.columns == nil)
        }
        let surplus = publication.members.filter { member in
            !wanted.contains { $0.relation == member.relation }
                && (statesTables || settings.mapping.rule(for: TableName(member.relation)) == nil)
        }
        let differs =
            statesTables
            && wanted.contains { table in
                publication.members.contains {
                    $0.relation == table.relation && $0.columns.map(Set.init) != table.columns.map(Set.init)
                }
            }
        if differs {
            // Dropping a table and adding it again would lose the changes in between; SET TABLE is one step.
            let kept = wanted.filter { !missing.contains($0) }.filter { table in
                publication.members.contains { $0.relation == table.relation }
            }.map { carryFilter(of: publication, to: $0) }
            replaceTables(publication, with: (kept + missing).sorted { $0.relation < $1.relation })
            return
        }
        if !missing.isEmpty {
            alter("ADD TABLE \(tableList(missing))", undo: "DROP TABLE \(names(missing))")
        }
        if !surplus.isEmpty, statesTables {
            alter("DROP TABLE \(names(surplus))", undo: "ADD TABLE \(tableList(surplus))")
        } else if !surplus.isEmpty {
            part.notes.append(
                "publication \"\(name)\" also publishes \(surplus.map { "\"\($0.relation)\"" }.joined(separator: ", ")), "
                    + "which no mapping names; to leave it out: ALTER PUBLICATION \(quotedName) "
                    + "DROP TABLE \(names(surplus));")
        }
    }

    /// What only a pattern names is never added: a table that comes to match it may be none of ours.
    private mutating func notePatterns() {
        let published = state.publication?.published.map { TableName($0.relation) } ?? []
        let patterns = settings.mapping.patterns.map(\.pattern).filter { !published.contains(where: $0.matches) }
        guard !patterns.isEmpty, settings.cdc.publication.tables.isEmpty else { return }
        part.notes.append(
            "tables that only \(patterns.map { "\"\($0)\"" }.joined(separator: ", ")) names are not added to publication "
                + "\"\(name)\": list them in cdc.publication.tables, or: ALTER PUBLICATION \(quotedName) ADD TABLE …;")
    }

    private mutating func replaceTables(_ publication: PublicationState, with tables: [PublishedTable]) {
        // SET replaces whole schemas too, so those that stay are named again.
        let schemas = publication.schemas.map { ", TABLES IN SCHEMA \(quoting.identifier($0))" }.joined()
        alter(
            "SET TABLE \(tableList(tables))\(schemas)",
            undo: "SET TABLE \(tableList(publication.members))\(schemas)")
    }

    private mutating func set(_ option: String, _ value: String, was: String) {
        alter("SET (\(option) = \(value))", undo: "SET (\(option) = \(was))")
    }

    private mutating func alter(_ change: String, undo: String) {
        let command = "ALTER PUBLICATION \(quotedName) "
        part.steps.append(SetupStep("alter the publication \"\(name)\"", command + change, undo: command + undo))
    }

    private func carryFilter(of publication: PublicationState, to table: PublishedTable) -> PublishedTable {
        var table = table
        table.rowFilter = publication.members.first { $0.relation == table.relation }?.rowFilter
        return table
    }

    private func names(_ tables: [PublishedTable]) -> String {
        tables.map { quoting.relation($0.relation) }.joined(separator: ", ")
    }

    private func tableList(_ tables: [PublishedTable]) -> String {
        tables.map { table in
            quoting.relation(table.relation)
                + (table.columns.map { " " + quoting.columns($0) } ?? "")
                // The server prints the condition as SQL of its own; it is not quoted but has come back unchanged.
                + (table.rowFilter.map { " WHERE (\($0))" } ?? "")
        }.joined(separator: ", ")
    }

    /// In the manual's order, so that equal sets are equal text.
    private static func list(_ operations: Set<PublicationState.Operation>) -> String {
        PublicationState.Operation.allCases.filter(operations.contains).map(\.rawValue).joined(separator: ", ")
    }
}
