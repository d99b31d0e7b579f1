internal import Observability

extension RecoveryPolicy {
    /// What to say beside an error that is tried again: whether anybody has to act, and where to look.
    static func patience(_ error: PipelineError) -> String {
        if case .source(let failure) = error, let advice = patience(sqlState: failure.sqlState) { return advice }
        switch error {
        case .source(let failure) where failure.sqlState == nil:
            if let outage = PostgresOutage(text: failure.description) { return outage.advice }
        case .sink(let failure) where !failure.isFencing: return patience(failure)
        default: break
        }
        return switch ReconnectCause(error) {
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

    /// What librdkafka says of the connection tells more than its code; a code of a later library has no advice of its own.
    private static func patience(_ failure: SinkFailure) -> String {
        failure.advice ?? KafkaOutage(code: failure.code, text: failure.description)?.advice
            ?? KafkaCode(rawValue: failure.code)?.advice
            ?? "nothing is lost, the slot keeps the WAL; see the brokers' logs"
    }

    /// What a limit of the role's means, which the server has held us to.
    private static func patience(sqlState: String?) -> String? {
        switch sqlState {
        case "57014":  // query_canceled
            "give the role a longer statement_timeout (ALTER ROLE … SET statement_timeout = …), or see who cancels its "
                + "statements; nothing is lost"
        case "55P03":  // lock_not_available
            "another session alters the table, or waits to: see pg_locks and pg_blocking_pids; nothing is lost"
        case "25P03", "57P05":  // idle_in_transaction_session_timeout, idle_session_timeout
            "see who sets time-outs for sessions that are idle; nothing is lost"
        case "25P04":  // transaction_timeout
            "give the role a longer transaction_timeout, or make cdc.snapshot.chunkSize smaller; nothing is lost"
        default: nil
        }
    }
}
