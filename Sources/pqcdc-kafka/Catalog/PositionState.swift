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
    /// - Parameter current: the end of the server's WAL, asked for after the position was read.
    func decision(
        _ slot: ReplicationSlotState, _ identity: PipelineIdentity, current: LSN, _ settings: Settings
    ) -> PositionCheck.Decision {
        PositionCheck.decide(
            position: kept.position, snapshotPoint: snapshotPoint,
            otherSystems: kept.others.filter { $0.differsInSystemOnly(from: identity) },
            slotConfirmed: slot.confirmedFlush ?? .zero, current: current,
            onGap: settings.pipelinePlan.position.onGap)
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
