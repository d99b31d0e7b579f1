import Configuration
import LinuxSupport
import Pipeline
import Postgres
import ReplicationProtocol
import RowMapping

/// PostgreSQL, as a snapshot sees it.
struct PostgresSnapshotSource: SnapshotSource {
    let settings: Settings

    private var isOnly: Bool { settings.cdc.snapshot.mode == .snapshotOnly }

    func identity(interruptedBy wakeup: Wakeup) throws(PipelineError) -> PipelineIdentity {
        try asking { () throws(PostgresError) in
            let connection = try Connection(settings.connectionParameters.forReplication, interruptedBy: wakeup)
            let server = try ServerIdentity.read(on: connection)
            // No slot can be called so: its name has no hyphen.
            let name = (["snapshot-only"] + [settings.cdc.slot.name].filter { !$0.isEmpty }).joined(separator: "-")
            return PipelineIdentity(
                systemIdentifier: server.systemIdentifier.map { "\($0)" } ?? "", database: server.database, slot: name)
        }
    }

    // MARK: Tables

    func leaves(isFirst: Bool, interruptedBy wakeup: Wakeup) throws(PipelineError) -> [SnapshotLeaf] {
        let (tables, problems) = try asking { () throws(PostgresError) in
            let connection = try Connection(settings.connectionParameters, interruptedBy: wakeup)
            return try read(on: connection, isFirst: isFirst)
        }
        if !problems.isEmpty { throw .unreadableTables(problems) }
        return tables.map(SnapshotLeaf.init)
    }

    private func read(
        on connection: Connection, isFirst: Bool
    ) throws(PostgresError) -> (tables: [SnapshotTable], problems: [UnreadableTable]) {
        var published: [RelationName: PublishedTable] = [:]
        if !isOnly, let publication = try PublicationState.read(settings.cdc.publication.name, on: connection) {
            for table in publication.published { published[table.relation] = table }
        }
        let names = wanted(published)
        var tables: [SnapshotTable] = []
        var problems: [UnreadableTable] = []
        for name in names {
            guard settings.mapping.rule(for: name) != nil else {
                problems.append(UnreadableTable(name, .notMapped))
                continue
            }
            let relation = RelationName(name)
            guard let leaves = try SnapshotTable.read(relation, published: published[relation], on: connection) else {
                // Dropped since the snapshot began: there is nothing left of it to read.
                if isFirst { problems.append(UnreadableTable(name, .missing)) }
                continue
            }
            if !isOnly, published[relation] == nil {
                problems.append(UnreadableTable(name, .notPublished))
                continue
            }
            problems += leaves.compactMap(problem)
            tables += leaves
        }
        return (tables, problems)
    }

    private func wanted(_ published: [RelationName: PublishedTable]) -> [TableName] {
        let snapshot = settings.cdc.snapshot
        if !snapshot.tables.isEmpty { return snapshot.tables }
        let all = isOnly ? Array(settings.mapping.tables.keys) : published.keys.map { TableName($0) }
        return all.filter { settings.mapping.rule(for: $0) != nil }.sorted()
    }

    private func problem(_ leaf: SnapshotTable) -> UnreadableTable? {
        let name = TableName(leaf.leaf)
        switch leaf.kind {
        case .table, .materializedView: break
        case .foreignTable: return UnreadableTable(name, .foreign)
        case .partitionedTable, .view, .other: return UnreadableTable(name, .noTable)
        }
        if !leaf.isReadable { return UnreadableTable(name, .noPrivilege) }
        return leaf.hidesRows ? UnreadableTable(name, .hidesRows) : nil
    }

    // MARK: Reading

    func export(
        interruptedBy wakeup: Wakeup, onWait: (Duration) -> Void
    ) throws(PipelineError) -> any SnapshotExport {
        try asking { () throws(PostgresError) -> PostgresSnapshotExport in
            if isOnly {
                let connection = try SnapshotConnection(settings.connectionParameters, interruptedBy: wakeup)
                try connection.begin()
                return PostgresSnapshotExport(
                    name: try connection.exportSnapshot(), consistentPoint: .zero, holder: .transaction(connection))
            }
            let snapshot = try ExportedSnapshot(
                settings.connectionParameters, slot: "pqcdc_snapshot_\(UInt64.random(in: 0...(.max)))",
                interruptedBy: wakeup, onWait: onWait)
            return PostgresSnapshotExport(
                name: snapshot.name, consistentPoint: snapshot.consistentPoint, holder: .slot(snapshot))
        }
    }

    func reader(interruptedBy wakeup: Wakeup) throws(PipelineError) -> any SnapshotReader {
        try asking { () throws(PostgresError) in
            let connection = try SnapshotConnection(settings.connectionParameters, interruptedBy: wakeup)
            // Rows must come in the order of their pages, of which only a scan by ctid is sure.
            try connection.connection.query(
                """
                SET enable_tidscan = on; SET synchronize_seqscans = off; SET max_parallel_workers_per_gather = 0
                """, to: "prepare the session")
            return PostgresSnapshotReader(connection, snapshot: settings.cdc.snapshot)
        }
    }

    private func asking<Answer>(_ question: () throws(PostgresError) -> Answer) throws(PipelineError) -> Answer {
        do throws(PostgresError) {
            return try question()
        } catch {
            throw PipelineError(source: error)
        }
    }
}

extension SnapshotLeaf {
    init(_ table: SnapshotTable) {
        self.init(
            table: TableName(table.leaf), oid: table.leafOID, fileNode: table.fileNode, relation: table.relation,
            pages: table.pages, estimatedRows: table.estimatedRows, byteCount: table.byteCount)
        rowFilter = table.rowFilter
    }
}
