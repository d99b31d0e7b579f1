import Configuration
import LinuxSupport
import Logging
import Pipeline
import Postgres
import ReplicationProtocol
import RowMapping

/// PostgreSQL, as a snapshot sees it.
struct PostgresSnapshotSource: SnapshotSource {
    let settings: Settings
    let logger: Logger

    private var isOnly: Bool { settings.cdc.snapshot.mode == .snapshotOnly }

    func identity(interruptedBy wakeup: Wakeup) throws(PipelineError) -> PipelineIdentity {
        try asking { () throws(PostgresError) in
            let connection = try Connection(settings.connectionParameters.forReplication, interruptedBy: wakeup)
            let server = try ServerIdentity.read(on: connection)
            // No slot can be called so: its name has no hyphen.
            let name = (["snapshot-only"] + [settings.cdc.slot.name].filter { !$0.isEmpty }).joined(separator: "-")
            return PipelineIdentity(
                systemIdentifier: server.systemIdentifier.map { "\($0)" } ?? "", database: server.database, slot: name,
                pipeline: settings.cdc.pipeline)
        }
    }

    // MARK: Tables

    func leaves(isFirst: Bool, interruptedBy wakeup: Wakeup) throws(PipelineError) -> [SnapshotLeaf] {
        let (tables, problems) = try asking(.catalog) { () throws(PostgresError) in
            let connection = try Connection(settings.connectionParameters, interruptedBy: wakeup)
            // A table's size waits for whoever rewrites it.
            try connection.boundLockWaits()
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
                // Or since the publication was read, where nobody has named it.
                if isFirst, isOnly || !settings.cdc.snapshot.tables.isEmpty {
                    problems.append(UnreadableTable(name, .missing))
                }
                continue
            }
            if !isOnly, published[relation] == nil {
                problems.append(UnreadableTable(name, .notPublished))
                continue
            }
            let found = leaves.compactMap(problem)
            problems += found
            if found.isEmpty, let leaf = leaves.first {
                problems += try conditionProblems(of: leaf, as: name, on: connection)
            }
            // A partition may be named itself, and as part of its root: its rows are read once.
            tables += leaves.filter { leaf in !tables.contains { $0.leafOID == leaf.leafOID } }
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

    /// What the server has against the conditions of a table; all its partitions have the same.
    private func conditionProblems(
        of leaf: SnapshotTable, as name: TableName, on connection: Connection
    ) throws(PostgresError) -> [UnreadableTable] {
        var problem: String?
        if let filter = leaf.rowFilter { problem = try connection.problem(withCondition: filter, of: leaf.leaf) }
        if problem == nil, let condition = settings.cdc.snapshot.condition(of: name) {
            problem = try connection.problem(
                withCondition: condition, of: leaf.leaf, searchPath: SearchPath.read(ofRoleOf: connection))
        }
        return problem.map { [UnreadableTable(name, .condition($0))] } ?? []
    }

    // MARK: Reading

    func export(
        interruptedBy wakeup: Wakeup, onWait: (Duration, [String]) -> Void
    ) throws(PipelineError) -> any SnapshotExport {
        try asking { () throws(PostgresError) -> PostgresSnapshotExport in
            if isOnly {
                let connection = try SnapshotConnection(settings.connectionParameters, interruptedBy: wakeup)
                try connection.begin()
                return PostgresSnapshotExport(
                    name: try connection.exportSnapshot(), consistentPoint: .zero,
                    transactionTimeout: try connection.connection.transactionTimeout(),
                    holder: .transaction(connection))
            }
            let snapshot = try ExportedSnapshot(
                settings.connectionParameters, slot: "pqcdc_snapshot_\(UInt64.random(in: 0...(.max)))",
                interruptedBy: wakeup
            ) { waited, pid in
                let found = Blockers.ofSession(pid, waiting: waited, settings.connectionParameters)
                onWait(waited, found.map(\.description))
            }
            return PostgresSnapshotExport(
                name: snapshot.name, consistentPoint: snapshot.consistentPoint,
                transactionTimeout: snapshot.transactionTimeout, holder: .slot(snapshot))
        }
    }

    func reader(interruptedBy wakeup: Wakeup) throws(PipelineError) -> any SnapshotReader {
        try asking(.catalog) { () throws(PostgresError) in
            let connection = try SnapshotConnection(settings.connectionParameters, interruptedBy: wakeup)
            return PostgresSnapshotReader(connection, snapshot: settings.cdc.snapshot, logger: logger)
        }
    }

    private func asking<Answer>(
        _ statement: SourceFailure.Statement = .replication, _ question: () throws(PostgresError) -> Answer
    ) throws(PipelineError) -> Answer {
        do throws(PostgresError) {
            return try question()
        } catch {
            throw PipelineError(source: error, statement)
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
