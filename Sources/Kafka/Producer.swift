internal import CLibrdkafka
internal import Glibc
public import LinuxSupport

/// An idempotent producer: in order per partition, without repeats, retrying for as long as it lives.
///
/// One thread, `kafka-poll`, serves every event of the client, and nothing else does.
/// <https://github.com/confluentinc/librdkafka/blob/master/INTRODUCTION.md>
public final class Producer: @unchecked Sendable {
    // Sendable because a client handle may be used by any thread:
    // https://github.com/confluentinc/librdkafka/blob/master/INTRODUCTION.md#threads-and-callbacks
    let handle: OpaquePointer
    private let events: EventLoop
    /// What decides about partitions where records may carry a hash; nil leaves it to librdkafka.
    private let partitioner: Partitioner?
    /// Whether records are taken within transactions only.
    let isTransactional: Bool

    /// - Parameters:
    ///   - properties: the user's; what delivery depends on is set over them.
    ///   - memoryLimit: bytes of records that the client may hold.
    ///   - takesHashes: whether records may name their partition by a hash.
    ///   - transactionalID: `transactional.id`; nil makes a producer without transactions.
    ///   - transactionTimeout: after this time in one transaction the broker aborts it.
    ///   - watched: what the thread says of itself.
    public init(
        _ properties: ClientProperties, memoryLimit: Int, takesHashes: Bool = false, transactionalID: String? = nil,
        transactionTimeout: Duration = .seconds(60), observer: any DeliveryObserver,
        watched: WatchedLoop = WatchedLoop(named: "kafka-poll")
    ) throws(KafkaError) {
        var properties = Self.defaults(memoryLimit: memoryLimit).merging(properties)
        for (name, value) in Self.required { properties.set(name, value) }
        if let transactionalID { properties.setTransaction(id: transactionalID, timeout: transactionTimeout) }
        isTransactional = transactionalID != nil
        partitioner = takesHashes ? Partitioner(fallback: properties["partitioner"]) : nil
        // Otherwise librdkafka places records without a key itself, and does not ask about their hash.
        if takesHashes { properties.set("sticky.partitioning.linger.ms", "0") }
        let configuration = try properties.makeConfiguration()
        rd_kafka_conf_set_events(
            configuration,
            RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG | RD_KAFKA_EVENT_STATS)
        var refused = ""
        var handle: OpaquePointer?
        refused = String(unsafeUninitializedCapacity: 512) { buffer in
            buffer.withMemoryRebound(to: CChar.self) { text in
                handle = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, text.baseAddress, text.count)
                return handle == nil ? text.firstIndex(of: 0) ?? 0 : 0
            }
        }
        guard let handle else {
            // librdkafka takes the configuration only when it succeeds.
            rd_kafka_conf_destroy(configuration)
            throw KafkaError(configuration: refused, action: "create a Kafka producer")
        }
        self.handle = handle
        events = EventLoop(handle, observer: observer, watched: watched)
        events.start()
    }

    /// What nobody may change, since delivery depends on it.
    public static let required: [(name: String, value: String)] = [
        // Brings acks=all, at most 5 requests in flight and order per partition.
        ("enable.idempotence", "true"),
        // A record is never given up.
        ("message.timeout.ms", "0"),
        ("log.queue", "true"),
    ]

    private static func defaults(memoryLimit: Int) -> ClientProperties {
        var properties = ClientProperties()
        // Fewer than the default 100,000 is cheaper and smaller; the byte limit is what we hand over at most.
        properties.set("queue.buffering.max.messages", "20000")
        properties.set("queue.buffering.max.kbytes", String(max(memoryLimit / 1024, 1024)))
        // A batch is already one when it arrives; waiting 5 ms for more only delays a quiet stream.
        properties.set("linger.ms", "1")
        // As often as Prometheus usually asks; librdkafka walks all its partitions for it.
        properties.set("statistics.interval.ms", "10000")
        return properties
    }

    /// Opens a topic. Nothing is asked of the brokers.
    ///
    /// - Parameter number: comes back in the observer's calls.
    public func openTopic(_ name: String, number: Int) throws(KafkaError) -> Topic {
        // A configuration of its own would have librdkafka's defaults, whatever the client's properties say of topics:
        // another partitioner, and records given up after five minutes.
        let configuration = rd_kafka_default_topic_conf_dup(handle)
        partitioner?.install(in: configuration)
        rd_kafka_topic_conf_set_opaque(configuration, UnsafeMutableRawPointer(bitPattern: number + 1))
        guard let topic = rd_kafka_topic_new(handle, name, configuration) else {
            throw KafkaError(rd_kafka_last_error(), action: "open topic \"\(name)\"")
        }
        return Topic(owning: topic, name: name)
    }

    /// The names of all topics. Asking for all creates none, as asking for one may.
    ///
    /// Blocks for `timeout` at most.
    public func topicNames(timeout: Duration) throws(KafkaError) -> Set<String> {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(handle, 1, nil, &metadata, timeout.milliseconds)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
            throw KafkaError(code, action: "list the topics of the Kafka cluster")
        }
        defer { rd_kafka_metadata_destroy(metadata) }
        let topics = UnsafeBufferPointer(start: metadata.pointee.topics, count: Int(metadata.pointee.topic_cnt))
        // One without a leader at the moment is there as well.
        return Set(
            topics.filter { $0.err != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART }.map { String(cString: $0.topic) })
    }

    /// Asks the brokers for the topic by its name, and has the client go by the answer from here on. Brokers that create
    /// topics create it. Nil where it is not there.
    ///
    /// Blocks for `timeout` at most.
    public func partitionCount(of topic: Topic, timeout: Duration) throws(KafkaError) -> Int? {
        let action = "read the metadata of topic \"\(topic.name)\""
        let deadline = ContinuousClock.now + timeout
        while true {
            let left = max(ContinuousClock.now.duration(to: deadline), .zero)
            var metadata: UnsafePointer<rd_kafka_metadata>?
            var code = rd_kafka_metadata(handle, 0, topic.handle, &metadata, left.milliseconds)
            if code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata {
                defer { rd_kafka_metadata_destroy(metadata) }
                guard metadata.pointee.topic_cnt == 1 else {
                    throw KafkaError(RD_KAFKA_RESP_ERR__BAD_MSG, action: action)
                }
                let entry = metadata.pointee.topics[0]
                code = entry.err
                if code == RD_KAFKA_RESP_ERR_NO_ERROR { return Int(entry.partition_cnt) }
            }
            switch code {
            // What a topic that is being created is answered with.
            case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
                RD_KAFKA_RESP_ERR__TRANSPORT:
                if ContinuousClock.now < deadline {
                    usleep(50_000)
                    continue
                }
                if code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART { return nil }
            default: break
            }
            throw KafkaError(code, action: action)
        }
    }

    /// Sends nothing more: gives up the records that no broker has been sent yet, and waits until those that are on the
    /// wire are reported on.
    ///
    /// Blocks for `limit` at most.
    public func withhold(within limit: Duration) {
        let deadline = ContinuousClock.now + limit
        repeat {
            // Again and again: what was on a connection that breaks would be sent once more on the next one.
            rd_kafka_purge(handle, RD_KAFKA_PURGE_F_QUEUE)
            if rd_kafka_outq_len(handle) == 0 { return }
            usleep(5_000)
        } while ContinuousClock.now < deadline
    }

    /// Ends the client. Every ``Topic`` must be gone.
    ///
    /// Blocks until its threads have ended. Records that are still undelivered are given up: whoever wants them
    /// delivered waits for their reports first.
    public func close() {
        rd_kafka_purge(handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
        events.stop()
        rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
    }
}

extension Duration {
    var milliseconds: Int32 {
        // Before it is taken apart, which traps where the seconds need more than 64 bits.
        guard self < .milliseconds(Int32.max) else { return .max }
        guard self > .milliseconds(Int32.min) else { return .min }
        return Int32(clamping: components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
    }
}
