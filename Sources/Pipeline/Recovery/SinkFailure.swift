/// Kafka refused something for good.
public struct SinkFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What could not be done, to which object, and the reason given.
    public var description: String
    /// librdkafka's `rd_kafka_resp_err_t`.
    public var code: Int32
    /// The client can never be used again, whatever the code; another one can.
    public var isFatal: Bool

    /// The topic that it is about; nil where that is not known.
    public var topic: String?
    /// What to do, where more is known than the code: the configuration's keys, the library's version.
    public var advice: String?

    /// Whether another producer has the `transactional.id`: who takes the slot takes that too.
    public var isFencing: Bool { KafkaCode(rawValue: code)?.isFencing ?? false }

    /// Whether there is no such topic, or it has fewer partitions than it had.
    public var isMissingTopic: Bool { KafkaCode(rawValue: code)?.isMissingTopic ?? false }

    public init(
        _ description: String, code: Int32, isFatal: Bool = false, topic: String? = nil, advice: String? = nil
    ) {
        self.description = description
        self.code = code
        self.isFatal = isFatal
        self.topic = topic
        self.advice = advice
    }
}
