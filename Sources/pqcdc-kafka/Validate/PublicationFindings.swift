import Configuration
import Pipeline
import Postgres
import RowMapping

/// The publication against the mapping: what is sent, and what arrives nowhere.
enum PublicationFindings {
    static func evaluate(_ settings: Settings, _ state: DatabaseState, _ quoting: SQLQuoting) -> [Finding] {
        let name = settings.cdc.publication.name
        guard let publication = state.publication else {
            return [missing(settings, state)] + missingTables(settings, state).map(\.finding)
        }
        let alter = "ALTER PUBLICATION \(quoting.identifier(name))"
        let named = settings.mapping.tables
        return younger(settings, state, publication)
            + missingTables(settings, state).filter { named[TableName($0.relation)] == nil }.map(\.finding)
            + operations(settings, state, publication, alter, quoting)
            + unpublished(settings, state, publication, quoting)
            + rowFilters(settings, state, publication)
            + generatedColumns(settings, state, publication, alter)
            + refusedWrites(settings, state)
            + unmapped(settings, publication, alter, quoting)
            + patterns(settings, publication)
            + columnLists(settings, publication, alter, quoting)
    }

    private static func missing(_ settings: Settings, _ state: DatabaseState) -> Finding {
        let name = settings.cdc.publication.name
        if settings.cdc.publication.createIfNotExists, !settings.wantedTables.isEmpty {
            let text = "publication \"\(name)\" does not exist; run will create it"
            guard let held = state.slot?.confirmedFlush, held < state.server.currentLSN else { return .note(text) }
            return .warning(
                "\(text), and cannot decode what slot \"\(settings.cdc.slot.name)\" holds from before, if there are "
                    + "changes from \(held) on")
        }
        let problem = SourceCheck.missingPublication(
            name, slot: state.slot, called: settings.cdc.slot.name, state.server, others: state.publicationNames)
        guard settings.wantedTables.isEmpty else { return Finding(problem) }
        return .error(
            "\(problem)", mend: "list tables in cdc.publication.tables, then: \(RecoveryPolicy.advice(problem))",
            .unavailable)
    }

    private static func younger(
        _ settings: Settings, _ state: DatabaseState, _ publication: PublicationState
    ) -> [Finding] {
        guard state.publicationIsYounger == true else { return [] }
        return [
            Finding(
                SourceProblem.publicationIsYounger(
                    publication.name, slot: settings.cdc.slot.name, skips: state.server.majorVersion >= 18))
        ]
    }

    private static func missingTables(
        _ settings: Settings, _ state: DatabaseState
    ) -> [(relation: RelationName, finding: Finding)] {
        settings.relations.filter { state.tables[$0] == nil }.map {
            (
                $0,
                .error(
                    "table \"\($0)\" does not exist in database \"\(state.server.database)\"",
                    mend: "create it, or remove it from the configuration (names are case-sensitive: \\dt *.*)")
            )
        }
    }

    private static func operations(
        _ settings: Settings, _ state: DatabaseState, _ publication: PublicationState, _ alter: String,
        _ quoting: SQLQuoting
    ) -> [Finding] {
        let all = PublicationState.Operation.allCases
        var findings: [Finding] = []
        let wanted = settings.wantedOperations
        if !wanted.isEmpty, wanted != publication.operations {
            let list = all.filter(wanted.contains).map(\.rawValue).joined(separator: ", ")
            let present = all.filter(publication.operations.contains).map(\.rawValue).joined(separator: ", ")
            findings.append(
                .error(
                    "publication \"\(publication.name)\" publishes \(present.isEmpty ? "nothing" : present), "
                        + "and the configuration asks for \(list)",
                    mend: "\(alter) SET (publish = \(quoting.literal(list)));"))
        } else if publication.operations.isEmpty {
            findings.append(
                .error(
                    "publication \"\(publication.name)\" publishes no operation",
                    mend: "\(alter) SET (publish = 'insert, update, delete');"))
        }
        let records = settings.mappedTables(state).filter { $0.rule.onTruncate == .record }.map(\.name)
        if !records.isEmpty, !publication.operations.contains(.truncate) {
            let list = all.filter { publication.operations.contains($0) || $0 == .truncate }.map(\.rawValue)
            findings.append(
                .warning(
                    "onTruncate: record of \(records.map { "\"\($0)\"" }.joined(separator: ", ")) has no effect: "
                        + "publication \"\(publication.name)\" does not publish truncate",
                    mend: "\(alter) SET (publish = \(quoting.literal(list.joined(separator: ", "))));"))
        }
        return findings
    }

    /// What of the mapping does not arrive, as `run` looks for it too.
    private static func unpublished(
        _ settings: Settings, _ state: DatabaseState, _ publication: PublicationState, _ quoting: SQLQuoting
    ) -> [Finding] {
        let found = UnpublishedTable.find(
            settings.mapping, wanted: settings.wantedOperations, publication,
            facts: state.tables.mapValues { RelationFacts($0) })
        return found.compactMap { table in
            let remedy = table.remedy(publication, quoting)
            switch table.reason {
            case .operations(let operations)
            where operations == [.truncate] || publication.operations.isEmpty || !settings.wantedOperations.isEmpty:
                // Said of all tables at once.
                return nil
            case .operations, .unsentPartitions, .matchesNothing: return .warning("\(table)", mend: remedy)
            case .missing, .noPublication, .absent, .sentAsPartitions, .sentAsRoot, .notLogged, .noTable:
                return .error("\(table)", mend: remedy)
            }
        }
    }

    private static func generatedColumns(
        _ settings: Settings, _ state: DatabaseState, _ publication: PublicationState, _ alter: String
    ) -> [Finding] {
        guard let wanted = settings.cdc.publication.generatedColumns else { return [] }
        guard let present = publication.generatedColumns else {
            return [
                .error(
                    "cdc.publication.generatedColumns: \(wanted.rawValue) needs PostgreSQL 18, and this is "
                        + "\(state.server.versionText), which sends no generated column", mend: "remove it, or upgrade")
            ]
        }
        guard wanted.rawValue != present.rawValue else { return [] }
        return [
            .error(
                "publication \"\(publication.name)\" sends \(present.rawValue) of the generated columns, and the "
                    + "configuration asks for \(wanted.rawValue)",
                mend: "\(alter) SET (publish_generated_columns = \(wanted.rawValue));")
        ]
    }

    /// It is the application that gets these errors. A table without an identity is a finding of its key.
    private static func refusedWrites(_ settings: Settings, _ state: DatabaseState) -> [Finding] {
        RefusedWrites.find(settings, state).filter { $0.reason != .noIdentity }.map { .error("\($0)", mend: $0.remedy) }
    }

    private static func rowFilters(
        _ settings: Settings, _ state: DatabaseState, _ publication: PublicationState
    ) -> [Finding] {
        settings.mappedTables(state).compactMap { table in
            table.published?.rowFilter.map {
                .note("publication \"\(publication.name)\" sends only rows of \"\(table.name)\" WHERE \($0)")
            }
        }
    }

    private static func unmapped(
        _ settings: Settings, _ publication: PublicationState, _ alter: String, _ quoting: SQLQuoting
    ) -> [Finding] {
        let tables = publication.published.filter { settings.mapping.rule(for: TableName($0.relation)) == nil }
        return tables.map { table in
            let what = "publication \"\(publication.name)\" sends table \"\(table.relation)\", which no mapping names: "
            let isMember = publication.members.contains { $0.relation == table.relation }
            let drop = isMember ? "\nor: \(alter) DROP TABLE \(quoting.relation(table.relation));" : ""
            let remedy = "add mapping.tables.\(table.relation)\(drop)"
            return settings.mapping.unmapped == .error
                ? .error(what + "its first change stops the pipeline (mapping.unmapped: error)", mend: remedy)
                : .warning(what + "its changes are skipped", mend: remedy)
        }
    }

    /// The patterns that others leave no table to.
    private static func patterns(
        _ settings: Settings, _ publication: PublicationState
    ) -> [Finding] {
        let tables = publication.published.map { TableName($0.relation) }
        let inForce = Set(tables.compactMap(settings.mapping.declaration))
        let idle = settings.mapping.patterns.map(\.pattern).filter {
            !inForce.contains($0.description) && tables.contains(where: $0.matches)
        }
        return idle.map { pattern in
            .warning(
                "the rule of \"\(pattern)\" is never in force: each table that it names has a more specific one",
                mend: "remove mapping.tables.\(pattern)")
        }
    }

    /// The column lists of `publication.tables` against the publication's.
    private static func columnLists(
        _ settings: Settings, _ publication: PublicationState, _ alter: String, _ quoting: SQLQuoting
    ) -> [Finding] {
        settings.cdc.publication.tables.compactMap { configured in
            let relation = RelationName(configured.table)
            guard let member = publication.members.first(where: { $0.relation == relation }) else { return nil }
            let wanted = configured.columns.isEmpty ? nil : Set(configured.columns)
            guard member.columns.map(Set.init) != wanted else { return nil }
            let present = member.columns.map { "only " + $0.joined(separator: ", ") } ?? "all columns"
            let asked = wanted == nil ? "all columns" : configured.columns.joined(separator: ", ")
            return .error(
                "publication \"\(publication.name)\" sends \(present) of \"\(relation)\", and the configuration asks for "
                    + asked,
                mend: "pqcdc-kafka setup --config FILE (it shows the ALTER PUBLICATION … SET TABLE with --dry-run)")
        }
    }
}
