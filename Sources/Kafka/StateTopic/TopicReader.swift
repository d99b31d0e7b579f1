internal import CLibrdkafka
internal import Glibc

/// A consumer of one topic that stands outside any group: it is told where to begin, and commits nothing.
///
/// Used by one thread. It owns its client, the topic's handle and the queue that records come in, and frees them in
/// the order that librdkafka asks for.
/// <https://github.com/confluentinc/librdkafka/blob/master/INTRODUCTION.md#termination>
final class TopicReader {
    let client: OpaquePointer
    private let topic: OpaquePointer
    private let records: OpaquePointer
    let name: String
    /// So that a call that got no answer can say why; nil only while this object ends.
    private var errors: ErrorEvents?

    init(_ state: StateTopic) throws(KafkaError) {
        var properties = state.properties.connection
        for (name, value) in Self.required { properties.set(name, value) }
        let configuration = try properties.makeConfiguration()
        ErrorEvents.enable(in: configuration)
        var text = [CChar](repeating: 0, count: 512)
        guard let client = rd_kafka_new(RD_KAFKA_CONSUMER, configuration, &text, text.count) else {
            rd_kafka_conf_destroy(configuration)
            throw KafkaError(configuration: String(buffer: text), action: "make a Kafka consumer")
        }
        guard let topic = rd_kafka_topic_new(client, state.name, nil) else {
            let code = rd_kafka_last_error()
            rd_kafka_destroy(client)
            throw KafkaError(code, action: "open topic \"\(state.name)\"")
        }
        self.client = client
        self.topic = topic
        name = state.name
        records = rd_kafka_queue_new(client)
        errors = ErrorEvents(client)
    }

    deinit {
        rd_kafka_topic_destroy(topic)
        rd_kafka_queue_destroy(records)
        errors = nil
        rd_kafka_destroy(client)
    }

    private static let required: [(name: String, value: String)] = [
        ("isolation.level", "read_committed"),
        ("enable.auto.commit", "false"),
        ("enable.partition.eof", "true"),
        // Looking for a topic must not make one.
        ("allow.auto.create.topics", "false"),
        // Compaction and retention may take away where we begin, never where we end.
        ("auto.offset.reset", "earliest"),
        // At the end of the topic an answer comes after this long, be there news or not.
        ("fetch.wait.max.ms", "50"),
        // Records of a position are small; what is fetched ahead is memory.
        ("fetch.max.bytes", "1048576"),
        ("queued.max.messages.kbytes", "4096"),
        // The last word of a broker that is not the leader any more is asked for again soon.
        ("fetch.error.backoff.ms", "50"),
        ("check.crcs", "true"),
    ]

    /// How many partitions the topic has; nil when it does not exist.
    func partitionCount(until deadline: ContinuousClock.Instant) throws(KafkaError) -> Int? {
        try withMetadata(until: deadline) { metadata, count in
            guard metadata.topic_cnt == 1 else { return RD_KAFKA_RESP_ERR__BAD_MSG }
            let entry = metadata.topics[0]
            if entry.err == RD_KAFKA_RESP_ERR_NO_ERROR { count = Int(entry.partition_cnt) }
            return entry.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ? RD_KAFKA_RESP_ERR_NO_ERROR : entry.err
        }
    }

    /// Returns when the brokers have heard of a topic that the controller has made.
    func waitUntilKnown(until deadline: ContinuousClock.Instant) throws(KafkaError) {
        _ = try withMetadata(until: deadline) { metadata, known in
            guard metadata.topic_cnt == 1 else { return RD_KAFKA_RESP_ERR__BAD_MSG }
            known = true
            return metadata.topics[0].err
        }
    }

    /// How many brokers the cluster has.
    func brokerCount(until deadline: ContinuousClock.Instant) throws(KafkaError) -> Int32 {
        try withMetadata(until: deadline) { metadata, count in
            count = metadata.broker_cnt
            return RD_KAFKA_RESP_ERR_NO_ERROR
        } ?? 1
    }

    private func withMetadata<Result>(
        until deadline: ContinuousClock.Instant,
        _ body: (rd_kafka_metadata, _ result: inout Result?) -> rd_kafka_resp_err_t
    ) throws(KafkaError) -> Result? {
        try retrying("read the metadata of topic \"\(name)\"", until: deadline) { milliseconds, result in
            var metadata: UnsafePointer<rd_kafka_metadata>?
            let code = rd_kafka_metadata(client, 0, topic, &metadata, milliseconds)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else { return code }
            defer { rd_kafka_metadata_destroy(metadata) }
            return body(metadata.pointee, &result)
        }
    }

    /// The partition's first offset, and the one before which every transaction has ended.
    func ends(
        of partition: Int32, until deadline: ContinuousClock.Instant
    ) throws(KafkaError) -> (first: Int64, stable: Int64) {
        try retrying("read the offsets of topic \"\(name)\"", until: deadline) { milliseconds, ends in
            var (first, stable): (Int64, Int64) = (0, 0)
            // Of a client that reads committed records only, the "high" one is the last stable offset.
            let code = rd_kafka_query_watermark_offsets(client, name, partition, &first, &stable, milliseconds)
            ends = (first, stable)
            return code
        } ?? (0, 0)
    }

    /// Gives every record that has a key and stands at `start` or behind it and before `end`, which without one is the
    /// high watermark of this moment, up to which transactions must have ended.
    func read(
        _ partition: Int32, from start: Int64, upTo end: Int64?, until deadline: ContinuousClock.Instant,
        _ body: (KeySearch.Record) -> Void
    ) throws(KafkaError) {
        let action = "read topic \"\(name)\" [\(partition)] from offset \(start)"
        guard rd_kafka_consume_start_queue(topic, partition, start, records) == 0 else {
            throw KafkaError(rd_kafka_last_error(), action: action)
        }
        // Takes what is queued away too, so that the next window begins with its own.
        defer { rd_kafka_consume_stop(topic, partition) }
        var end = end
        var position = start
        while true {
            let left = max(ContinuousClock.now.duration(to: deadline), .zero)
            guard let message = rd_kafka_consume_queue(records, left.milliseconds) else {
                throw errors?.mostTelling(action: action)
                    ?? KafkaError(
                        RD_KAFKA_RESP_ERR__TIMED_OUT, action: action,
                        reason: Self.standstill(at: position, end: end))
            }
            defer { rd_kafka_message_destroy(message) }
            let fields = message.pointee
            switch fields.err {
            case RD_KAFKA_RESP_ERR_NO_ERROR:
                position = fields.offset &+ 1
                if let end, fields.offset >= end { return }
                if let key = fields.key {
                    body(
                        KeySearch.Record(
                            key: UnsafeRawBufferPointer(start: key, count: fields.key_len),
                            value: fields.payload.map { UnsafeRawBufferPointer(start: $0, count: fields.len) },
                            timestamp: rd_kafka_message_timestamp(message, nil)))
                }
            case RD_KAFKA_RESP_ERR__PARTITION_EOF: position = fields.offset
            default: throw KafkaError(fields.err, action: action, reason: Self.reason(of: message))
            }
            if end == nil { end = highWatermark(of: partition) }
            if let end, position >= end { return }
        }
    }

    /// That of the last answer to a fetch, which this client has asked for.
    private func highWatermark(of partition: Int32) -> Int64? {
        var (low, high): (Int64, Int64) = (-1, -1)
        rd_kafka_get_watermark_offsets(client, name, partition, &low, &high)
        return high >= 0 ? high : nil
    }

    private static func standstill(at position: Int64, end: Int64?) -> String {
        guard let end else { return "the brokers gave no record in time" }
        return "at offset \(position) of \(end) nothing more came in time: a transaction may be open there"
    }

    private static func reason(of message: UnsafePointer<rd_kafka_message_t>) -> String? {
        rd_kafka_message_errstr(message).map { String(cString: $0) }
    }

    /// Makes a call again while it is answered with what passes: a broker that starts, a leader that moves.
    private func retrying<Result>(
        _ action: String, until deadline: ContinuousClock.Instant,
        _ call: (_ milliseconds: Int32, _ result: inout Result?) -> rd_kafka_resp_err_t
    ) throws(KafkaError) -> Result? {
        while true {
            var result: Result?
            let left = max(ContinuousClock.now.duration(to: deadline), .zero)
            let code = call(left.milliseconds, &result)
            switch code {
            case RD_KAFKA_RESP_ERR_NO_ERROR: return result
            case RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
                RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
                RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE,
                RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE:
                guard ContinuousClock.now < deadline else { break }
                usleep(20_000)
                continue
            default: break
            }
            throw errors?.mostTelling(action: action) ?? KafkaError(code, action: action)
        }
    }
}
