import Configuration
import Kafka
import LinuxSupport
import Logging
import Observability
import Pipeline
import Postgres
import RowMapping

/// The pipeline and what stands around it: the one place where PostgreSQL, Kafka and the pipeline meet.
struct Daemon {
    let settings: Settings
    /// Where they were read from, and are read again.
    let path: String
    /// The SHA-256 of what was read.
    let hash: String?
    let environment: [String: String]
    /// Levels can be changed; and the terminal's lower end is there, if there is a terminal.
    let output: LogOutput
    let problems: LastProblem
    let logger: Logger

    func run() async -> ExitStatus {
        let properties = settings.clientProperties
        do throws(KafkaError) {
            try properties.check()
        } catch {
            logger.error(
                "\(error)",
                metadata: [
                    "advice": "correct kafka.properties", "exit": .stringConvertible(ExitStatus.configuration.rawValue),
                ])
            return .configuration
        }
        let registry = MetricRegistry()
        let metrics = DaemonMetrics(registry: registry, version: version)
        let systemd = SystemdNotifier(environment: environment)
        let outside = PipelineStatus(metrics: metrics, systemd: systemd, area: output.status)
        let inForce = ConfigurationInForce(settings, hash: hash)
        metrics.describe(settings)
        let endpoint: HTTPEndpoint?
        do throws(HTTPEndpointError) {
            endpoint = try makeEndpoint(
                StatusRoutes(
                    registry: registry, status: outside, settings: settings, path: path, inForce: inForce,
                    problems: problems))
        } catch {
            logger.error(
                "\(error)",
                metadata: [
                    "advice": "free the port, or set cdc.metric.port to another (0: off)",
                    "exit": .stringConvertible(ExitStatus.unavailable.rawValue),
                ])
            return .unavailable
        }
        defer { endpoint?.stop() }

        let control = PipelineControl()
        let loops = WatchedLoops(watchdogTimeout: systemd.watchdogTimeout)
        let plan = settings.pipelinePlan
        let plans = PlanMailbox(plan) { outside.reloadEnded() }
        let reload = ConfigurationReload(
            path: path, environment: environment, settings: settings, level: output.level, plans: plans,
            status: outside, inForce: inForce, logger: logger)
        ServiceSignals.watch { signal in
            switch signal {
            case .stop(let name):
                // First, since not even the next line is sure to come back.
                if !control.isStopping { StopGuard.start(plans.current.shutdownTimeout, logger: logger) }
                logger.notice("stopping", metadata: ["signal": "\(name)"])
                control.stop()
            case .reload: reload.run()
            }
        }
        logger.notice(
            "starting",
            metadata: [
                "version": "\(version)", "postgres": "\(settings.connectionParameters.summary)",
                "slot": "\(settings.cdc.slot.name)", "publication": "\(settings.cdc.publication.name)",
                "brokers": "\(settings.kafka.brokers.joined(separator: ","))",
                "tables": .stringConvertible(settings.mapping.tables.count),
            ])
        let service = PipelineService(
            source: PostgresSource(settings: settings, logger: logger),
            sinks: KafkaSinkFactory(
                properties: producerProperties(properties), memoryLimit: settings.memoryLimit,
                mayCreateTopics: settings.kafka.allowAutoTopicCreation, takesHashes: settings.mapping.hashesPartitions,
                asksForLimits: settings.mapping.putsRecordsAside, keys: KafkaKeys(settings), position: plan.position,
                metrics: metrics,
                watched: loops.kafkaPoll, logger: logger),
            catalog: PostgresCatalog(
                parameters: settings.connectionParameters, publication: settings.cdc.publication.name),
            snapshots: settings.cdc.snapshot.mode == .never
                ? nil : PostgresSnapshotSource(settings: settings, logger: logger),
            requests: PostgresRequestSource(settings: settings, plans: plans, logger: logger),
            plans: plans, slot: settings.cdc.slot.name, control: control, status: outside, watched: loops,
            logger: logger)
        let monitor = ServerMonitor(
            parameters: settings.connectionParameters, slot: settings.cdc.slot.name, metrics: metrics,
            publication: PublicationWatch(settings: settings, inForce: inForce, status: outside, logger: logger),
            watched: loops.monitor, logger: logger)
        let heartbeat = makeHeartbeat(outside, loops.heartbeat)
        let report = SystemdReport(systemd: systemd, loops: loops, status: outside, logger: logger)
        async let monitoring: Void = monitor.run()
        async let beating: Void? = heartbeat?.run()
        async let reporting: Void = report.run()
        let status = await service.run()
        monitor.stop()
        heartbeat?.stop()
        await monitoring
        await beating
        report.stop()
        await reporting
        return status
    }

    private func makeHeartbeat(_ status: PipelineStatus, _ watched: WatchedLoop) -> Heartbeat? {
        settings.cdc.heartbeatInterval.map { interval in
            Heartbeat(
                parameters: settings.connectionParameters, role: settings.cdc.username, interval: interval,
                status: status, watched: watched, logger: logger)
        }
    }

    private func producerProperties(_ client: ClientProperties) -> ClientProperties {
        var properties = client
        properties.set("compression.codec", settings.kafka.compression.rawValue)
        properties.set("partitioner", settings.kafka.partitioner)
        return properties
    }

    private func makeEndpoint(_ status: StatusRoutes) throws(HTTPEndpointError) -> HTTPEndpoint? {
        guard settings.cdc.metricPort != 0 else { return nil }
        return try HTTPEndpoint(port: UInt16(clamping: settings.cdc.metricPort), routes: status.routes)
    }
}
