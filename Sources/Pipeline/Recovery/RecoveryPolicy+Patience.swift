internal import Observability

extension RecoveryPolicy {
    /// What to say beside an error that is tried again: whether anybody has to act, and where to look.
    static func patience(_ error: PipelineError) -> String {
        switch ReconnectCause(error) {
        case .connectionLost:
            "nothing is lost, the slot keeps the WAL; see whether PostgreSQL runs, and whether host, port and network are right"
        case .serverShutdown: "nothing is lost, the slot keeps the WAL; wait until PostgreSQL is up"
        case .serverRefused: "nothing is lost, the slot keeps the WAL; see PostgreSQL's log"
        case .kafkaFailed: "nothing is lost, the slot keeps the WAL; see the brokers' logs"
        case .fenced:
            "see whether another instance has the slot; if none has, raise kafka.exactlyOnce.transactionTimeout"
        case .position: "nothing is lost, the slot keeps the WAL; see who moves the slot or writes to the state topic"
        }
    }
}
