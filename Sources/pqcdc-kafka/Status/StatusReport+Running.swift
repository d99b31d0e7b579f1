import Configuration
import Observability
import Pipeline
import ReplicationProtocol
import RowMapping

extension StatusReport {
    /// What the running daemon says of itself.
    init(
        _ status: PipelineStatus, _ settings: Settings, _ inForce: ConfigurationInForce.State, file: String,
        problems: LastProblem, uptime: Duration
    ) {
        let metrics = status.metrics
        let readiness = status.readiness(
            slot: settings.cdc.slot.name, maxStall: inForce.maxStall, failsForUnpublished: inForce.unpublished == .fail)
        let phase = status.phase
        let role: String? =
            switch phase {
            case .streaming: "active"
            case .passive: "passive"
            case .starting, .waiting, .opening, .stopping: nil
            }
        let sample = metrics.slot.sample
        // Between two answers of the server we know that ourselves: streaming, or waiting because somebody else does.
        let isInUse = role != nil && settings.streams
        // The server is asked every few seconds, so the stream may know better than its last answer.
        let received = Self.lsn(metrics.receivedLSN)
        let server = [Self.lsn(metrics.serverLSN), received].compactMap { $0 }.max()
        let confirmed = Self.lsn(metrics.confirmedLSN) ?? sample?.confirmedLSN.map(LSN.init)
        self.init(
            version: pqcdc_kafka.version, state: phase.name, role: role, isReady: readiness.isReady,
            reason: readiness.reason,
            uptime: uptime,
            slot: Slot(
                name: settings.cdc.slot.name, database: settings.cdc.database,
                isActive: isInUse ? true : sample?.isActive,
                walStatus: sample?.walStatus, retainedBytes: sample?.retainedBytes, safeBytes: sample?.safeBytes),
            lsns: LSNs(
                server: server, received: received, delivered: Self.lsn(metrics.deliveredLSN),
                confirmed: confirmed),
            lagBytes: server.flatMap { server in
                confirmed.map { server > $0 ? server.rawValue - $0.rawValue : 0 }
            },
            lag: metrics.lag.waiting, inFlightRecords: Self.number(metrics.inFlightRecords),
            inFlightBytes: Self.number(metrics.inFlightBytes), lastProblem: problems.problem,
            snapshot: Snapshot(metrics.snapshot.status), tables: Self.tables(metrics, inForce.rules),
            topics: metrics.topics.map {
                Topic(
                    name: $0.name, delivered: $0.delivered.value, deliveredBytes: $0.deliveredBytes.value,
                    failed: $0.failed.value)
            }.sorted { $0.name < $1.name },
            configuration: Configuration(file: file, sha256: inForce.hash))
        unpublished = metrics.publication.tables?.map { Unpublished(table: $0.table, reason: $0.reason) }
    }

    /// The tables that the file names, and those that have been seen.
    static func tables(_ metrics: DaemonMetrics?, _ rules: MappingRules) -> [Table] {
        var tables: [TableName: Table] = [:]
        func named(_ name: TableName) -> Table {
            Table(
                name: "\(name)", rule: rules.declaration(for: name),
                topic: rules.rule(for: name).map { RowPlan.constantTopic($0, of: name) ?? "\($0.topic)" })
        }
        for name in rules.tables.keys { tables[name] = named(name) }
        for counters in metrics?.tables ?? [] {
            let name = TableName(schema: counters.schema, name: counters.name)
            var table = tables[name] ?? named(name)
            table.inserts = counters.inserts.value
            table.updates = counters.updates.value
            table.deletes = counters.deletes.value
            table.truncates = counters.truncates.value
            table.skipped = counters.skipped.value
            table.failed = counters.failed.value
            table.deadLettered = counters.deadLettered.value
            tables[name] = table
        }
        return tables.sorted { $0.key < $1.key }.map(\.value)
    }

    private static func number(_ gauge: Gauge) -> UInt64? {
        if case .integer(let value) = gauge.value { value } else { nil }
    }

    /// nil for 0, which stands for what is not known.
    private static func lsn(_ gauge: Gauge) -> LSN? {
        number(gauge).flatMap { $0 == 0 ? nil : LSN(rawValue: $0) }
    }
}

extension StatusReport.Snapshot {
    init(_ status: SnapshotStatus) {
        running = status.progress.map { Running($0, isRequested: status.isRequested) }
        waiting = status.waiting
    }
}

extension StatusReport.Snapshot.Running {
    fileprivate init(_ progress: SnapshotProgress, isRequested: Bool) {
        self.init(
            isRequested: isRequested, tables: progress.tables.filter(\.isActive).map(\.name),
            tableCount: progress.tables.count, doneTables: progress.doneTables, share: progress.share,
            rows: progress.rows, expectedRows: progress.expectedRows, bytes: progress.bytes,
            rowsPerSecond: progress.rowsPerSecond, timeLeft: progress.timeLeft)
    }
}
