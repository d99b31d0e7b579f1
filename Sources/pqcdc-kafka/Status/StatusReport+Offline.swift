import Configuration
import Kafka
import Pipeline
import Postgres
import ReplicationProtocol

extension StatusReport {
    /// What database and cluster say where no daemon runs, or none can be asked.
    ///
    /// - Parameter unreadable: values that this process cannot get at; a server whose keys are among them is not asked.
    static func offline(
        _ settings: Settings, configuration: Configuration, because reason: String, unreadable: [UnreadableValue] = []
    ) -> StatusReport {
        var report = StatusReport(
            version: pqcdc_kafka.version, state: "not running", isReady: false, reason: reason,
            slot: Slot(name: settings.cdc.slot.name, database: settings.cdc.database),
            tables: tables(nil, settings.mapping), configuration: configuration)
        if let value = unreadable.first(where: { $0.key.hasPrefix("cdc.") }) {
            report.reason += "; PostgreSQL and Kafka were not asked: \(value.diagnostic.message)"
            return report
        }
        let hidden = unreadable.first { $0.key.hasPrefix("kafka.") }
        do throws(PostgresError) {
            try report.ask(Connection(settings.connectionParameters.forReplication), settings, hidden)
        } catch {
            report.reason += "; \(error)"
        }
        return report
    }

    private mutating func ask(
        _ connection: Connection, _ settings: Settings, _ hidden: UnreadableValue?
    ) throws(PostgresError) {
        let server = try ServerIdentity.read(on: connection)
        lsns.server = server.currentLSN
        if let state = try ReplicationSlotState.read(slot.name, on: connection) {
            slot.isActive = state.isActive
            slot.walStatus = state.walStatus?.rawValue
            slot.safeBytes = state.safeWALSize.map { UInt64(max(0, $0)) }
            slot.retainedBytes = state.restartLSN.map { Self.distance(from: $0, to: server.currentLSN) }
            lsns.confirmed = state.confirmedFlush
            lagBytes = state.confirmedFlush.map { Self.distance(from: $0, to: server.currentLSN) }
            if let holder = state.holder { reason += "; the slot is in use by \(holder)" }
        } else {
            reason += "; there is no slot \(slot.name)"
        }
        if settings.streams {
            let publication = try PublicationState.read(settings.cdc.publication.name, on: connection)
            unpublished = try UnpublishedTable.read(settings, settings.mapping, publication, on: connection)
                .map { Unpublished(table: $0.name, reason: "\($0)") }
        }
        if let hidden {
            reason += "; Kafka was not asked: \(hidden.diagnostic.message)"
        } else {
            readPosition(settings, server)
        }
    }

    private mutating func readPosition(_ settings: Settings, _ server: ServerIdentity) {
        guard let topic = settings.kafka.stateTopic, let system = server.systemIdentifier else { return }
        let identity = PipelineIdentity(
            systemIdentifier: "\(system)", database: server.database, slot: slot.name, pipeline: settings.cdc.pipeline)
        do throws(KafkaError) {
            let value = try StateTopic(settings.clientProperties, name: topic)
                .latestPosition(of: identity, timeout: KafkaSink.patience).value
            guard let value else {
                reason += "; topic \(topic) has no position of this slot"
                return
            }
            guard let position = try? SourcePosition(json: value) else { return }
            lsns.position = position.lsn
            let requests = position.requests
            if let first = requests.first, first.place != nil {
                snapshot.running = Snapshot.Running(
                    isRequested: true, tables: ["\(first.request.table)"], tableCount: 1, doneTables: 0,
                    rows: Int(clamping: first.rows), bytes: Int(clamping: first.bytes))
            }
            snapshot.waiting = requests.dropFirst(snapshot.running == nil ? 0 : 1).map { "\($0.request.table)" }
        } catch {
            reason += "; \(error)"
        }
    }

    private static func distance(from start: LSN, to end: LSN) -> UInt64 {
        end > start ? end.rawValue - start.rawValue : 0
    }
}
