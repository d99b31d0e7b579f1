import Configuration
import Kafka
import Logging
import Observability
import Pipeline
import RowMapping

/// Reads the configuration again, and puts in force what can be put in force while the stream goes on.
final class ConfigurationReload: Sendable {
    private let path: String
    private let environment: [String: String]
    /// What the producer and the stream were made for: it holds until the process ends.
    private let start: Settings
    private let level: LogLevelControl
    private let plans: PlanMailbox
    private let status: PipelineStatus
    private let inForce: ConfigurationInForce
    private let logger: Logger

    init(
        path: String, environment: [String: String], settings: Settings, level: LogLevelControl, plans: PlanMailbox,
        status: PipelineStatus, inForce: ConfigurationInForce, logger: Logger
    ) {
        self.inForce = inForce
        self.path = path
        self.environment = environment
        start = settings
        self.level = level
        self.plans = plans
        self.status = status
        self.logger = logger
    }

    /// Does it. Whatever is wrong with the file is logged, and changes nothing.
    func run() {
        status.isReloading()
        let result = ConfigurationFile.load(
            path: path, environment: environment, machine: MachineChecks(property: ClientProperties.obstacle))
        for diagnostic in result.diagnostics { report(diagnostic) }
        guard let wanted = result.settings else {
            logger.error(
                "the configuration is not reloaded, and nothing has changed",
                metadata: ["config": "\(path)", "advice": "correct it, try it with validate, and reload again"])
            return status.reloadEnded()
        }
        // First, so that what follows is logged by it.
        level.level = LogLevel(rawValue: wanted.cdc.logger.level.rawValue) ?? level.level
        tellOfRestart(start.keysNeedingRestart(for: wanted))
        var plan = start.reloading(from: wanted).pipelinePlan
        if let obstacle = obstacle(to: wanted) {
            plan.rules = plans.latest.rules
            logger.warning(
                "the mapping stays as it was: \(obstacle)",
                metadata: ["advice": "restart for it; after a clean stop nothing is sent twice"])
        }
        inForce.put(rules: plan.rules, wanted, hash: result.fileHash)
        if plans.put(plan) {
            logger.notice("the reloaded configuration is in force", metadata: ["config": "\(path)"])
            status.reloadEnded()
        } else {
            logger.info(
                "the configuration is read again; the open transaction comes first", metadata: ["config": "\(path)"])
        }
    }

    /// Why the rules cannot be put in force while this process runs; nil where they can.
    private func obstacle(to wanted: Settings) -> String? {
        if wanted.mapping.messages.isEmpty != start.mapping.messages.isEmpty {
            return "logical messages come with the stream, or do not, from its beginning (mapping.messages)"
        }
        if wanted.mapping.hashesPartitions, !start.mapping.hashesPartitions {
            return "the producer was made without partitions by other columns (partition)"
        }
        if wanted.mapping.putsRecordsAside, !start.mapping.putsRecordsAside {
            return "the topics' size limits were not asked for (onOversize, onError)"
        }
        return nil
    }

    private func tellOfRestart(_ keys: [String]) {
        guard !keys.isEmpty else { return }
        logger.warning(
            "some keys that have changed need a restart",
            metadata: ["keys": "\(keys.joined(separator: ","))", "advice": "all others are put in force now"])
    }

    private func report(_ diagnostic: Diagnostic) {
        let place = "\(diagnostic.file):\(diagnostic.line):\(diagnostic.column)"
        let note = diagnostic.note.map { " (\($0))" } ?? ""
        switch diagnostic.severity {
        case .error: logger.error("\(place): \(diagnostic.message)\(note)", metadata: ["advice": "correct the file"])
        case .warning:
            logger.warning("\(place): \(diagnostic.message)\(note)", metadata: ["advice": "see docs/configuration.md"])
        // A load for a daemon leaves nothing out.
        case .note: break
        }
    }
}
