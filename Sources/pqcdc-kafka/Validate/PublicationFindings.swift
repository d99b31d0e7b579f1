import Configuration
import Pipeline
import Postgres
import RowMapping

/// The publication against the mapping: what is sent, and what arrives nowhere.
enum PublicationFindings {
    static func evaluate(_ settings: Settings, _ state: DatabaseState, _ quoting: SQLQuoting) -> [Finding] {
        let name = settings.cdc.publication.name
        guard let publication = state.publication else {
            return [missing(settings, state)] + missingTables(settings, state)
        }
        let alter = "ALTER PUBLICATION \(quoting.identifier(name))"
        return younger(settings, state, publication) + missingTables(settings, state)
            + operations(settings, state, publication, alter, quoting)
            + mapped(settings, state, publication, alter, quoting)
            + unmapped(settings, publication, alter, quoting)
            + patterns(settings, publication, alter)
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

    private static func missingTables(_ settings: Settings, _ state: DatabaseState) -> [Finding] {
        settings.relations.filter { state.tables[$0] == nil }.map {
            .error(
                "table \"\($0)\" does not exist in database \"\(state.server.database)\"",
                mend: "create it, or remove it from the configuration (names are case-sensitive: \\dt *.*)")
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

    private static func mapped(
        _ settings: Settings, _ state: DatabaseState, _ publication: PublicationState, _ alter: String,
        _ quoting: SQLQuoting
    ) -> [Finding] {
        settings.mappedTables(state).compactMap { table in
            if let published = table.published {
                guard let filter = published.rowFilter else { return nil }
                return .note("publication \"\(publication.name)\" sends only rows of \"\(table.name)\" WHERE \(filter)")
            }
            guard let present = table.state else { return nil }
            if !present.isPermanent {
                return .error(
                    "table \"\(table.name)\" is unlogged or temporary: its changes are not in the WAL",
                    mend: "ALTER TABLE \(quoting.relation(table.relation)) SET LOGGED;")
            }
            return absent(present, publication, alter, quoting)
        }
    }

    /// Why a table that is mapped is not among those whose changes are sent under their own names.
    private static func absent(
        _ table: TableState, _ publication: PublicationState, _ alter: String, _ quoting: SQLQuoting
    ) -> Finding {
        let name = table.relation
        if table.kind == .partitionedTable, !publication.viaRoot,
            table.partitions.contains(where: { publication.published($0.relation) != nil })
        {
            return .error(
                "table \"\(name)\" is partitioned, and publication \"\(publication.name)\" sends its changes under the "
                    + "partitions' names",
                mend: "\(alter) SET (publish_via_partition_root = true);\nor map the partitions instead")
        }
        if let root = table.partitionRoot, publication.viaRoot, publication.published(root) != nil {
            return .error(
                "table \"\(name)\" is a partition, and publication \"\(publication.name)\" sends its changes as "
                    + "\"\(root)\"",
                mend: "map \"\(root)\" instead, or: \(alter) SET (publish_via_partition_root = false);")
        }
        return .error(
            "table \"\(name)\" is not in publication \"\(publication.name)\": its changes never arrive",
            mend: "\(alter) ADD TABLE \(quoting.relation(name));")
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

    /// The patterns that decide about no table.
    private static func patterns(
        _ settings: Settings, _ publication: PublicationState, _ alter: String
    ) -> [Finding] {
        let tables = publication.published.map { TableName($0.relation) }
        let inForce = Set(tables.compactMap(settings.mapping.declaration))
        return settings.mapping.patterns.map(\.pattern).filter { !inForce.contains($0.description) }.map { pattern in
            tables.contains(where: pattern.matches)
                ? .warning(
                    "the rule of \"\(pattern)\" is never in force: each table that it names has a more specific one",
                    mend: "remove mapping.tables.\(pattern)")
                : .warning(
                    "\"\(pattern)\" names no table of publication \"\(publication.name)\"",
                    mend: "\(alter) ADD TABLE …; or correct the pattern (names are case-sensitive: \\dt *.*)")
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
