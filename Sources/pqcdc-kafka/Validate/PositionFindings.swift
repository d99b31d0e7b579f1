import Configuration
import Pipeline
import Postgres
import ReplicationProtocol

/// The position in Kafka against slot and server, by the check that `run` begins with.
enum PositionFindings {
    /// - Parameter position: nil where none was asked for.
    static func evaluate(
        _ settings: Settings, _ state: DatabaseState, _ position: Result<PositionState?, PipelineError>
    ) -> [Finding] {
        switch position {
        case .failure(let error): return [Finding(error)]
        case .success(nil): return []
        case .success(let position?):
            guard let slot = state.slot, SourceCheck.slot(slot, state.server).isEmpty, !slot.isLost,
                let identity = settings.identity(at: state.server)
            else { return [] }
            switch position.decision(slot, identity, current: state.server.currentLSN, state.timeline, settings) {
            case .first, .resume: return []
            case .stop(let problem): return [Finding(.position(problem, slot: slot.name))]
            case .accept(let problem, _):
                return [
                    .warning(
                        "\(problem); run will go on at the slot (cdc.slot.onGap: accept)",
                        mend: "load what is missing by hand, and take onGap: accept out of the file")
                ]
            }
        }
    }
}
