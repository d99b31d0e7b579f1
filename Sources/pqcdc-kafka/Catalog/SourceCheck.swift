import Pipeline
import Postgres
import ReplicationProtocol

/// What keeps a pipeline from streaming, in the order in which it would be met. Pure.
///
/// `run` ends with the first problem, `validate --online` names them all, and `setup` refuses those that it cannot mend:
/// the three ask the same questions, and so give the same answers with the same exit status.
enum SourceCheck {
    /// The versions that are tested.
    static let supported = 14...18

    static func server(_ server: ServerIdentity) -> [SourceProblem] {
        var problems: [SourceProblem] = []
        if server.majorVersion < supported.lowerBound {
            problems.append(.unsupportedServer(version: server.versionText))
        } else if server.isInRecovery, server.majorVersion < 16 {
            problems.append(.standby(version: server.versionText))
        }
        if server.walLevel != "logical" { problems.append(.walLevel(server.walLevel)) }
        return problems
    }

    /// A slot that is there, against what this program can stream from. That another session holds it is no problem.
    static func slot(_ slot: ReplicationSlotState, _ server: ServerIdentity) -> [SourceProblem] {
        guard slot.isLogical else { return [.physicalSlot(slot.name)] }
        var problems: [SourceProblem] = []
        if let plugin = slot.plugin, plugin != "pgoutput" {
            problems.append(.slotOfOtherPlugin(slot.name, plugin: plugin))
        }
        if let database = slot.database, database != server.database {
            problems.append(.slotOfOtherDatabase(slot.name, database: database))
        }
        if slot.isTemporary { problems.append(.temporarySlot(slot.name)) }
        if slot.isTwoPhase { problems.append(.twoPhaseSlot(slot.name, canBeAltered: server.majorVersion >= 18)) }
        if slot.isSynced { problems.append(.syncedSlot(slot.name)) }
        return problems
    }

    /// - Parameters:
    ///   - position: what Kafka has; nil where that is not known.
    ///   - others: the database's other slots.
    static func missingSlot(
        _ name: String, _ server: ServerIdentity, after position: LSN?, others: [String]
    ) -> SourceProblem {
        .missingSlot(
            name, gap: gap(position, server), others: others.filter { $0 != name }, onStandby: server.isInRecovery)
    }

    /// nil for a slot that the server has not given up.
    static func loss(
        of slot: ReplicationSlotState, _ server: ServerIdentity, after position: LSN?
    ) -> SourceProblem? {
        slot.loss.map { .slotLost(slot.name, reason: $0, gap: gap(position, server)) }
    }

    static func missingPublication(
        _ name: String, slot: ReplicationSlotState?, called slotName: String, _ server: ServerIdentity, others: [String]
    ) -> SourceProblem {
        .missingPublication(
            name, slot: slotName, confirmedFlush: slot?.confirmedFlush, current: server.currentLSN, others: others,
            onStandby: server.isInRecovery)
    }

    private static func gap(_ position: LSN?, _ server: ServerIdentity) -> WALRange? {
        position.flatMap { WALRange(from: $0, to: server.currentLSN) }
    }
}

extension ReplicationSlotState {
    /// Why the server has given it up; nil where it has not.
    var loss: String? { isLost ? invalidationReason ?? "wal_status is lost" : nil }
}
