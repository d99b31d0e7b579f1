/// `kafka.exactlyOnce`: how Kafka transactions are made. Of no effect with at-least-once.
public struct ExactlyOnceSettings: Hashable, Sendable {
    /// A database transaction that makes more bytes of records is split over several Kafka transactions.
    public var maxTransactionBytes: Int
    /// How long a Kafka transaction goes on while there is a backlog.
    public var commitInterval: Duration
    /// librdkafka's `transaction.timeout.ms`.
    public var transactionTimeout: Duration
}
