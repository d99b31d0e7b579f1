/// `timestamp`: the time that a Kafka record carries.
public enum RecordTimestamp: String, CaseIterable, Sendable {
    /// When it is handed to the client. Retention by time then counts from its arrival.
    case now
    /// When the transaction was committed, by PostgreSQL's clock.
    case commit
}
