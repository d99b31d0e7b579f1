import Configuration
import Kafka
import Pipeline
import Postgres
import ReplicationProtocol

/// What the state topic has of a pipeline, as its next start would find it.
struct PositionState {
    var kept: KeptPosition
    /// The last consistent point of an initial snapshot that the stream is not past yet; nil where there is none.
    var snapshotPoint: LSN?
    /// Whether the server's WAL has the last transaction that Kafka has; nil where that was not or cannot be found out.
    var isMarkCommitted: Bool?

    /// nil where no position is kept, or nothing is streamed.
    static func read(_ settings: Settings, _ identity: PipelineIdentity) throws(PipelineError) -> PositionState? {
        guard settings.streams, let name = settings.kafka.stateTopic else { return nil }
        let topic = StateTopic(settings.clientProperties, name: name)
        var state = PositionState(
            kept: try topic.kept(of: identity, isFenced: settings.kafka.delivery == .exactlyOnce))
        if let stage = state.kept.position?.snapshot, stage.state != .finished {
            state.snapshotPoint = try topic.snapshotProgress(of: identity)
                .filter { $0.run == stage.run }.map(\.until).max()
        }
        return state
    }

    /// What `run` would make of it.
    ///
    /// - Parameters:
    ///   - current: the end of the server's WAL, asked for after the position was read.
    ///   - timeline: the server's; nil where it does not tell.
    func decision(
        _ slot: ReplicationSlotState, _ identity: PipelineIdentity, current: LSN, _ timeline: ServerTimeline?,
        _ settings: Settings
    ) -> PositionCheck.Decision {
        let onGap = settings.pipelinePlan.position.onGap
        let slotConfirmed = slot.confirmedFlush ?? .zero
        let decision = PositionCheck.decide(
            position: kept.position, snapshotPoint: snapshotPoint,
            otherSystems: kept.others.filter { $0.differsInSystemOnly(from: identity) },
            slotConfirmed: slotConfirmed, current: current, timeline: timeline, onGap: onGap)
        guard case .resume(let position) = decision, isMarkCommitted == false,
            awaited(slot, settings) != nil
        else { return decision }
        let problem = PositionProblem.otherHistory(from: slotConfirmed, to: position.lsn)
        return onGap == .accept ? .accept(problem, skipTo: nil) : .stop(problem)
    }

    /// The transaction that `run` would wait for; nil where there is none.
    func awaited(_ slot: ReplicationSlotState, _ settings: Settings) -> TransactionMark? {
        kept.position.flatMap {
            PositionCheck.awaited(
                of: $0, slotConfirmed: slot.confirmedFlush ?? .zero, publication: settings.cdc.publication.name)
        }
    }
}

extension Settings {
    /// Which pipeline this is at the server that answered; nil where that does not tell its system identifier.
    func identity(at server: ServerIdentity) -> PipelineIdentity? {
        server.systemIdentifier.map {
            PipelineIdentity(
                systemIdentifier: "\($0)", database: server.database, slot: cdc.slot.name,
                pipeline: cdc.pipeline)
        }
    }
}
