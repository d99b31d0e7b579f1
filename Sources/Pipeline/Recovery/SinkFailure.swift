/// Kafka refused something for good.
public struct SinkFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What could not be done, to which object, and the reason given.
    public var description: String
    /// librdkafka's `rd_kafka_resp_err_t`.
    public var code: Int32
    /// The client can never be used again, whatever the code; another one can.
    public var isFatal: Bool

    /// Whether another producer has the `transactional.id`: who takes the slot takes that too.
    public var isFencing: Bool {
        // _FENCED, PRODUCER_FENCED, INVALID_PRODUCER_EPOCH
        code == -144 || code == 90 || code == 47
    }

    /// Whether there is no such topic, or it has fewer partitions than it had.
    public var isMissingTopic: Bool {
        // UNKNOWN_TOPIC_OR_PART, UNKNOWN_TOPIC_ID, _UNKNOWN_TOPIC, _UNKNOWN_PARTITION
        code == 3 || code == 100 || code == -188 || code == -190
    }

    public init(_ description: String, code: Int32, isFatal: Bool = false) {
        self.description = description
        self.code = code
        self.isFatal = isFatal
    }
}
