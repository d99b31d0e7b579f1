import Configuration
import Pipeline
import Postgres
import RowMapping

/// What keeps a snapshot from being taken, by name, before it starts.
enum SnapshotFindings {
    static func evaluate(_ settings: Settings, _ state: DatabaseState, _ quoting: SQLQuoting) -> [Finding] {
        guard settings.cdc.snapshot.mode != .never, let snapshot = state.snapshot else { return [] }
        return snapshot.tables.flatMap { table($0, settings, state, quoting) }
            + capacity(settings, state, snapshot.capacity) + standby(settings, state) + unsentUpdates(settings, state)
    }

    /// What another snapshot goes on with lacks the rows that have moved to pages that are done, which only their UPDATEs
    /// bring.
    private static func unsentUpdates(_ settings: Settings, _ state: DatabaseState) -> [Finding] {
        guard settings.cdc.snapshot.mode == .initial, let publication = state.publication,
            !publication.operations.contains(.update)
        else { return [] }
        return [
            .warning(
                "publication \"\(publication.name)\" sends no UPDATEs: when the snapshot is interrupted, rows that "
                    + "change meanwhile can be missed",
                mend: "let it end without interruption, or begin it anew in a state topic of its own")
        ]
    }

    private static func table(
        _ table: SnapshotState.Table, _ settings: Settings, _ state: DatabaseState, _ quoting: SQLQuoting
    ) -> [Finding] {
        // The findings on the publication say it of each table that the mapping names.
        let isNamed = settings.streams && settings.relations.contains(table.name)
        if isNamed, table.leaves == nil { return [] }
        var findings = refusals(table, role: settings.cdc.username, quoting)
        if let publication = state.publication, !isNamed, settings.cdc.snapshot.mode == .initial, table.leaves != nil,
            publication.published(table.name) == nil
        {
            findings.append(
                .error(
                    "table \"\(table.name)\" of cdc.snapshot.tables is not sent by publication "
                        + "\"\(publication.name)\" under that name: its rows could never be brought up to date",
                    mend: "ALTER PUBLICATION \(quoting.identifier(publication.name)) ADD TABLE "
                        + "\(quoting.relation(table.name));\nor take it out of cdc.snapshot.tables"))
        }
        if settings.cdc.snapshot.mode == .initial, table.leaves?.first?.primaryKey.isEmpty == true {
            findings.append(
                .note(
                    "table \"\(table.name)\" has no primary key: when its snapshot is interrupted, rows that change "
                        + "meanwhile can arrive twice",
                    mend: "ALTER TABLE \(quoting.relation(table.name)) ADD PRIMARY KEY (…);"))
        }
        return findings
    }

    /// What holds for a snapshot of one table, asked for by the file or by a request.
    static func refusals(_ table: SnapshotState.Table, role: String, _ quoting: SQLQuoting) -> [Finding] {
        guard let leaves = table.leaves else {
            return [
                .error(
                    "table \"\(table.name)\" does not exist, and a snapshot of it is asked for",
                    mend: "create it, or take it out of cdc.snapshot.tables (names are case-sensitive: \\dt *.*)")
            ]
        }
        var findings: [Finding] = []
        for leaf in leaves where leaf.kind != .table {
            let what = leaf.kind == .foreignTable ? "a foreign table" : "not a table"
            findings.append(
                .error(
                    "\"\(leaf.leaf)\" is \(what)\(part(leaf, of: table.name)): a snapshot cannot read it page by page",
                    mend: "take \"\(table.name)\" out of cdc.snapshot.tables, or name the tables that there are"))
        }
        let unreadable = leaves.filter { $0.kind == .table && !$0.isReadable }.map(\.leaf)
        if !unreadable.isEmpty {
            let names = unreadable.map { "\"\($0)\"" }.joined(separator: ", ")
            findings.append(
                .error(
                    "role \"\(role)\" cannot read \(names), as a snapshot does",
                    mend: grant(unreadable, role, quoting), .permission))
        }
        let hiding = leaves.filter { $0.isReadable && $0.hidesRows }.map { "\"\($0.leaf)\"" }
        if !hiding.isEmpty {
            findings.append(
                .error(
                    "row-level security may hide rows of \(hiding.joined(separator: ", ")) from role \"\(role)\", and a "
                        + "snapshot reads no table that hides some",
                    mend: "ALTER ROLE \(quoting.identifier(role)) BYPASSRLS;", .permission))
        }
        if let problem = table.conditionProblem {
            findings.append(
                .error(
                    "the condition for a snapshot of table \"\(table.name)\" is refused: \(problem)",
                    mend: "correct queryCondition; it is put behind WHERE, in parentheses"))
        }
        return findings
    }

    static func grant(_ tables: [RelationName], _ role: String, _ quoting: SQLQuoting) -> String {
        let schemas = Set(tables.map(\.schema)).sorted().map(quoting.identifier).joined(separator: ", ")
        let names = tables.map(quoting.relation).joined(separator: ", ")
        let role = quoting.identifier(role)
        return "GRANT USAGE ON SCHEMA \(schemas) TO \(role); GRANT SELECT ON \(names) TO \(role);"
    }

    private static func part(_ leaf: SnapshotTable, of table: RelationName) -> String {
        leaf.leaf == table ? "" : ", a partition of \"\(table)\""
    }

    /// Snapshot and consistent point come from a temporary slot, beside the one that streams.
    private static func capacity(
        _ settings: Settings, _ state: DatabaseState, _ capacity: ReplicationCapacity
    ) -> [Finding] {
        guard settings.cdc.snapshot.mode == .initial else { return [] }
        let slots = state.slot == nil ? 2 : 1
        let senders = state.slot?.isActive == true ? 1 : 2
        var findings: [Finding] = []
        if capacity.freeSlots < slots {
            findings.append(
                .error(
                    "the snapshot needs a temporary replication slot beside its own, and \(max(capacity.freeSlots, 0)) of "
                        + "max_replication_slots (\(state.server.maxReplicationSlots)) are free",
                    mend: "ALTER SYSTEM SET max_replication_slots = \(state.server.maxReplicationSlots + slots); and "
                        + "restart the server, or drop a slot that nobody uses"))
        }
        if capacity.freeSenders < senders {
            findings.append(
                .error(
                    "the snapshot needs a second walsender for its start, and \(max(capacity.freeSenders, 0)) of "
                        + "max_wal_senders (\(state.server.maxWALSenders)) are free",
                    mend: "ALTER SYSTEM SET max_wal_senders = \(state.server.maxWALSenders + senders); and restart the "
                        + "server"))
        }
        return findings
    }

    private static func standby(_ settings: Settings, _ state: DatabaseState) -> [Finding] {
        guard state.server.isInRecovery else { return [] }
        return [
            .warning(
                "the server is a standby: a long snapshot there is cancelled when replay cannot wait for it",
                mend: "raise max_standby_streaming_delay, or set hot_standby_feedback = on")
        ]
    }
}
