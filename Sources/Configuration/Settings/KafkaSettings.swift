/// The `kafka` section.
public struct KafkaSettings: Sendable {
    /// How often a record can arrive.
    public enum Delivery: String, CaseIterable, Sendable {
        case atLeastOnce = "at-least-once"
        case exactlyOnce = "exactly-once"
    }

    public enum Compression: String, CaseIterable, Sendable { case none, gzip, snappy, lz4, zstd }

    public var brokers: [String]
    public var clientID: String
    /// `producerBatchSize`: a batch is flushed at this many records.
    public var producerBatchSize: Int
    /// `producerBatchBytes`: a batch is flushed at this many bytes.
    public var producerBatchBytes: Int
    /// `producerBatchTickerDuration`: a batch is flushed this long after its first record.
    public var producerBatchTickerDuration: Duration
    public var compression: Compression
    public var allowAutoTopicCreation: Bool
    /// librdkafka's name of the partitioner that `balancer` stands for.
    public var partitioner: String
    public var delivery: Delivery
    /// The compacted topic that keeps the positions; nil, from `none`, keeps none.
    public var stateTopic: String?
    public var exactlyOnce: ExactlyOnceSettings
    /// Everything else for librdkafka, in the order in which it is to be set: what `readTimeout`, `metadataTTL`,
    /// the security keys and `kafka.properties` come to. Values of secrets are marked.
    public var properties: [(name: String, value: PropertyValue)]
    /// The key of the file that each property comes from, for those that the file sets.
    public var owners: [String: String] = [:]

    public enum PropertyValue: Hashable, Sendable {
        case plain(String)
        case secret(Secret)
    }
}
