internal import Observability

extension ReconnectCause {
    /// Why a session is tried again that ended with `error`.
    init(_ error: PipelineError) {
        switch error {
        case .source(let failure):
            switch failure.sqlState {
            case nil: self = .connectionLost
            // 57P01 to 57P05: shut down, crashed, not ready yet, session ended. 08…: connections.
            // <https://www.postgresql.org/docs/current/errcodes-appendix.html>
            case let state? where state.hasPrefix("57P"): self = .serverShutdown
            case let state? where state.hasPrefix("08"): self = .connectionLost
            case _?: self = .serverRefused
            }
        case .sink(let failure): self = failure.isFencing ? .fenced : .kafkaFailed
        case .refused, .topicMissing, .topicNotCreated, .stateTopicMissing: self = .kafkaFailed
        case .transactionExpired: self = .fenced
        case .position, .unreadablePosition: self = .position
        case .unfit, .topicTaken, .malformedStream, .malformedRow, .unreadableTables, .snapshotStopped, .mapping,
            .stopTimedOut, .stopped:
            self = .serverRefused
        }
    }
}
