/// What the nemesis can do to a run.
enum Fault: String, CaseIterable, Sendable {
    case killDaemon = "daemon killed"
    case freezeDaemon = "daemon frozen"
    case stopDaemon = "daemon stopped and started"
    case takeOverFromKilled = "takeover from a killed one"
    case takeOverFromFrozen = "takeover from a frozen one"
    case terminateSender = "walsender terminated"
    /// With snapshots only: those that read tables, export a snapshot, or look something up.
    case terminateReaders = "other sessions terminated"
    case restartPostgres = "PostgreSQL crashed"
    case stallPostgres = "network to PostgreSQL silent"
    case cutPostgres = "network to PostgreSQL cut"
    case killKafka = "Kafka killed"
    case freezeKafka = "Kafka frozen"
    /// The mock cluster only: requests end with their connection, and no answer. It must not refuse single requests: it looks
    /// at no sequence numbers, so it would take the next one, which is on its way already, and records would be out of
    /// order there, or lost, since to librdkafka the second answer vouches for the first request.
    case dropRequests = "requests dropped"

    /// How often it comes, beside the others.
    private func weight(_ kafka: ChaosCommand.Kafka, _ delivery: Delivery, _ snapshots: SnapshotMode) -> Int {
        switch self {
        case .killDaemon: 6
        // At-least-once has no fencing: what the sleeper still writes can stand behind newer records, and the last record
        // of a key need not be its last change.
        case .takeOverFromFrozen: snapshots != .never && delivery == .atLeastOnce ? 0 : 3
        case .takeOverFromKilled, .terminateSender: 3
        case .terminateReaders: snapshots == .never ? 0 : 4
        case .freezeDaemon, .stopDaemon, .stallPostgres, .cutPostgres, .freezeKafka: 2
        case .restartPostgres: 2
        case .killKafka: 2
        case .dropRequests: kafka == .mock ? 2 : 0
        }
    }

    static func random(
        _ kafka: ChaosCommand.Kafka, _ delivery: Delivery, _ snapshots: SnapshotMode, _ random: inout SeededRandom
    ) -> Fault {
        let choices = allCases.flatMap { Array(repeating: $0, count: $0.weight(kafka, delivery, snapshots)) }
        return choices.randomElement(using: &random)!
    }
}
