import Configuration
import Pipeline
import Postgres
import RowMapping

/// The key rules against what the WAL and the publication carry of a row.
enum KeyFindings {
    static func evaluate(_ settings: Settings, _ state: DatabaseState, _ quoting: SQLQuoting) -> [Finding] {
        settings.mappedTables(state).flatMap { mapped -> [Finding] in
            guard let table = mapped.state else { return [] }
            return key(mapped, table, state.publication, quoting)
                + replicaIdentity(mapped, table, state.publication, quoting)
                + partitions(table, quoting)
        }
    }

    /// Whether the table's UPDATEs or DELETEs are published, or will be by a publication yet to be made.
    private static func publishesOldRows(_ publication: PublicationState?) -> Bool {
        guard let publication else { return true }
        return !publication.operations.isDisjoint(with: [.update, .delete])
    }

    private static func full(_ table: TableState, _ quoting: SQLQuoting) -> String {
        "ALTER TABLE \(quoting.relation(table.relation)) REPLICA IDENTITY FULL;"
    }

    private static func key(
        _ mapped: MappedTable, _ table: TableState, _ publication: PublicationState?, _ quoting: SQLQuoting
    ) -> [Finding] {
        let name = table.relation
        let columns = mapped.keyColumns
        guard !columns.isEmpty else {
            return [
                .warning(
                    "table \"\(name)\" has no primary key and no key rule: its records have no key, and go to any "
                        + "partition in any order",
                    mend: "ALTER TABLE \(quoting.relation(name)) ADD PRIMARY KEY (…);\n"
                        + "or set \(mapped.path).key")
            ]
        }
        let unknown = columns.filter { column in !table.columns.contains { $0.name == column } }
        var findings: [Finding] = unknown.map {
            .error(
                "the key column \"\($0)\" of table \"\(name)\" does not exist",
                mend:
                    "\(mapped.path).\(mapped.isOutbox ? "outbox.key" : "key"): choose from \(table.columns.map(\.name).joined(separator: ", "))"
            )
        }
        let published = publication?.published(name)?.columns
        let unpublished = published.map { list in columns.filter { !list.contains($0) && !unknown.contains($0) } } ?? []
        if !unpublished.isEmpty, let published, let publication {
            let list = (published + unpublished).joined(separator: ", ")
            findings.append(
                .error(
                    "the key \(quote(unpublished)) of table \"\(name)\" is not among the columns that publication "
                        + "\"\(publication.name)\" sends",
                    mend: "add it to the column list: ALTER PUBLICATION \(quoting.identifier(publication.name)) "
                        + "SET TABLE … \(quoting.relation(name)) (\(list)) …; naming every other table too"))
        }
        return findings
    }

    private static func replicaIdentity(
        _ mapped: MappedTable, _ table: TableState, _ publication: PublicationState?, _ quoting: SQLQuoting
    ) -> [Finding] {
        guard publishesOldRows(publication) else { return [] }
        let name = table.relation
        if table.replicaIdentityColumns.isEmpty {
            // It is the application that gets this error, on the primary.
            let why =
                table.replicaIdentity == .nothing
                ? "REPLICA IDENTITY NOTHING" : "no primary key that could be its replica identity"
            return [
                .error(
                    "table \"\(name)\" has \(why): while a publication sends its updates or deletes, PostgreSQL refuses "
                        + "every UPDATE and DELETE of the table",
                    mend: full(table, quoting))
            ]
        }
        // Where deletions send nothing, it does not matter where the old row went.
        guard mapped.rule.onDelete != .skip, !mapped.isOutbox else { return [] }
        let lacking = mapped.routingColumns.filter { column in
            !table.replicaIdentityColumns.contains(column) && table.columns.contains { $0.name == column }
        }
        guard !lacking.isEmpty else { return [] }
        let what =
            mapped.keyColumns.allSatisfy(lacking.contains) && lacking.allSatisfy(mapped.keyColumns.contains)
            ? "the key \(quote(lacking)) of table \"\(name)\""
            : "\(quote(lacking)), which key, partition or topic of table \"\(name)\" is made of,"
        let message = "\(what) is not carried by its replica identity: "
        switch mapped.rule.onError {
        case .stop: return [.error(message + "the first DELETE stops the pipeline", mend: full(table, quoting))]
        case .deadLetter:
            return [.warning(message + "every DELETE goes to the dead-letter topic", mend: full(table, quoting))]
        case .skip: return [.warning(message + "every DELETE is skipped", mend: full(table, quoting))]
        }
    }

    private static func partitions(_ table: TableState, _ quoting: SQLQuoting) -> [Finding] {
        // What is written to the WAL is decided partition by partition.
        table.partitions.filter { partition in
            switch (table.replicaIdentity, partition.replicaIdentity) {
            case (.index, .index): false
            case (let root, let leaf): root != leaf
            }
        }.map {
            .warning(
                "partition \"\($0.relation)\" has another replica identity than table \"\(table.relation)\", and its own "
                    + "decides what a DELETE carries",
                mend: "ALTER TABLE \(quoting.relation($0.relation)) \(table.replicaIdentity.clause(quoting));")
        }
    }

    private static func quote(_ names: [String]) -> String { names.map { "\"\($0)\"" }.joined(separator: ", ") }
}
