/// How a pipeline keeps its position, and what it promises by it.
public struct PositionPlan: Hashable, Sendable {
    /// `kafka.delivery`.
    public enum Delivery: Hashable, Sendable {
        /// What was under way when a session broke off may be sent again.
        case atLeastOnce
        /// Records and position are committed together, in Kafka transactions.
        case exactlyOnce
    }

    public var delivery = Delivery.atLeastOnce
    /// `kafka.stateTopic`; nil keeps no position but the slot's own. Exactly once needs it.
    public var stateTopic: String?
    /// `cdc.slot.onGap`.
    public var onGap = GapAction.stop
    /// How long a Kafka transaction goes on while there is a backlog; a quiet one ends with the batch's ticker.
    public var commitInterval = Duration.milliseconds(100)
    /// Bytes after which a Kafka transaction ends in the middle of a PostgreSQL transaction.
    public var maxTransactionBytes = 256 << 20
    /// After this long the brokers give a Kafka transaction up.
    public var transactionTimeout = Duration.seconds(60)

    /// How often a position is written that no records go with, at most.
    static let interval = Duration.seconds(1)

    public init() {}
}
