import Configuration
import Pipeline
import Postgres
import RowMapping

/// What keeps a requested snapshot from being taken, and what keeps it waiting. Pure.
///
/// For the command that asks, and for the daemon that is asked, by whoever may write a logical message.
enum RequestFindings {
    static func evaluate(_ settings: Settings, _ request: RequestedTable, _ quoting: SQLQuoting) -> [Finding] {
        let name = request.name
        guard let table = request.table else {
            return [
                .error(
                    "table \"\(name)\" does not exist in database \"\(request.server.database)\"",
                    mend: "correct --table; names are case-sensitive, and one with a dot stands in double quotes: "
                        + #"'"My.Schema"."T"'"#)
            ]
        }
        var findings = published(settings, request, table, quoting)
        if settings.mapping.rule(for: TableName(name)) == nil {
            findings.append(
                .error("no mapping names table \"\(name)\"", mend: "add mapping.tables.\(name), and restart the daemon")
            )
        }
        if table.primaryKey.isEmpty {
            findings.append(
                .error(
                    "table \"\(name)\" has no primary key: rows that are read could not be told from changes of the same "
                        + "rows",
                    mend: "ALTER TABLE \(quoting.relation(name)) ADD PRIMARY KEY (…);"))
        }
        findings += SnapshotFindings.refusals(request.snapshot, role: settings.cdc.username, quoting)
        if request.server.isInRecovery {
            findings.append(
                .error(
                    "the server is a standby, where no watermark can be written",
                    mend: "stream from the primary, or take the snapshot with cdc.snapshot.mode: initial", .unavailable)
            )
        }
        return findings + streaming(settings, request)
    }

    private static func published(
        _ settings: Settings, _ request: RequestedTable, _ table: TableState, _ quoting: SQLQuoting
    ) -> [Finding] {
        let name = settings.cdc.publication.name
        guard let publication = request.publication else {
            return [
                .error("publication \"\(name)\" does not exist", mend: "pqcdc-kafka setup --config FILE", .unavailable)
            ]
        }
        if publication.published(request.name) != nil {
            if publication.operations.contains(.update) { return [] }
            return [
                .error(
                    "publication \"\(name)\" sends no UPDATEs: a row that moves while the table is read would be missed",
                    mend: "ALTER PUBLICATION \(quoting.identifier(name)) SET (publish = 'insert, update, delete');")
            ]
        }
        if table.kind == .partitionedTable, !publication.viaRoot, !table.partitions.isEmpty {
            let partitions = table.partitions.map { "\($0.relation)" }.joined(separator: ", ")
            return [
                .error(
                    "publication \"\(name)\" sends the changes of \"\(request.name)\" under its partitions' names",
                    mend: "ask for each of them: \(partitions)")
            ]
        }
        if let root = table.partitionRoot, publication.published(root) != nil {
            return [
                .error(
                    "publication \"\(name)\" sends the changes of \"\(request.name)\" as \"\(root)\"",
                    mend: "ask for --table \(TableName(root).sql)")
            ]
        }
        return [
            .error(
                "table \"\(request.name)\" is not in publication \"\(name)\"",
                mend: "ALTER PUBLICATION \(quoting.identifier(name)) ADD TABLE \(quoting.relation(request.name));")
        ]
    }

    private static func streaming(_ settings: Settings, _ request: RequestedTable) -> [Finding] {
        let name = settings.cdc.slot.name
        guard let slot = request.slot else {
            return [
                .error(
                    "slot \"\(name)\" does not exist, so nobody would see the request",
                    mend: "pqcdc-kafka setup --config FILE, and start the daemon", .unavailable)
            ]
        }
        guard !slot.isActive else { return [] }
        return [
            .warning(
                "nobody streams from slot \"\(name)\" now: the request waits in the WAL until the daemon does",
                mend: "pqcdc-kafka run --config FILE")
        ]
    }
}
