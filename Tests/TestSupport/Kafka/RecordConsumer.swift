import CLibrdkafka
import Glibc

/// Reads whole topics from their first record, all partitions, outside any consumer group.
///
/// A topic that does not exist yet is waited for; its partitions are those it has when it is first seen.
/// Not `Sendable`: a test reads with one consumer at a time.
public final class RecordConsumer {
    private let handle: KafkaHandle
    private let topics: [String]
    private var missing: [String]
    /// Where reading has come to, by topic and partition: one past the last record or control record.
    private var reached: [TopicPartition: Int64] = [:]
    /// Every record so far, in the order of arrival.
    public private(set) var all: [ConsumedRecord] = []
    /// How many of them have been handed out.
    private var taken = 0

    private struct TopicPartition: Hashable {
        let topic: String
        let partition: Int32
    }

    public init(
        _ bootstrapServers: String, topics: [String], isolation: IsolationLevel = .readCommitted,
        properties: [String: String] = [:]
    ) throws {
        let ours = [
            "bootstrap.servers": bootstrapServers,
            // Needed for an assignment, never joined.
            "group.id": UniqueName.next("harness"),
            "enable.auto.commit": "false",
            "enable.partition.eof": "true",
            "isolation.level": isolation.rawValue,
            "auto.offset.reset": "earliest",
            "fetch.wait.max.ms": "50",
            "reconnect.backoff.max.ms": "500",
            // Or a topic that is created later would be seen only minutes after.
            "topic.metadata.refresh.interval.ms": "500",
        ]
        handle = try KafkaHandle(RD_KAFKA_CONSUMER, ours.merging(properties) { _, given in given })
        rd_kafka_poll_set_consumer(handle.pointer)
        self.topics = topics
        missing = topics
    }

    deinit {
        rd_kafka_consumer_close(handle.pointer)
    }

    /// The next `count` records; an error, with what did come, when they are not all there in time.
    public func records(count: Int, within limit: Duration = .seconds(60)) throws -> [ConsumedRecord] {
        let records = try recordsUntil(within: limit, "\(count) records") { $0.count >= count }
        // The others stay for the next call.
        taken -= records.count - count
        return Array(records.prefix(count))
    }

    /// The records from the last call's end on, as soon as the predicate takes them.
    public func recordsUntil(
        within limit: Duration = .seconds(60), _ what: String = "the records awaited",
        _ isEnough: ([ConsumedRecord]) -> Bool
    ) throws -> [ConsumedRecord] {
        let deadline = Deadline(in: limit)
        while true {
            let fresh = Array(all[taken...])
            if isEnough(fresh) {
                taken = all.count
                return fresh
            }
            guard !deadline.isPast else {
                throw HarnessError("\(what) did not arrive on \(topics) within \(limit); got \(Self.summary(fresh))")
            }
            try receive(until: deadline)
        }
    }

    /// All records from the last call's end up to what the topics hold now; the topics have to exist.
    ///
    /// The way to show that nothing more was written: no waiting for what does not come.
    public func recordsToEnd(within limit: Duration = .seconds(60)) throws -> [ConsumedRecord] {
        let deadline = Deadline(in: limit)
        while !missing.isEmpty {
            guard !deadline.isPast else { throw HarnessError("there is no topic \(missing)") }
            try receive(until: deadline)
        }
        var ends: [TopicPartition: Int64] = [:]
        for place in reached.keys {
            var (low, high): (Int64, Int64) = (0, 0)
            let code = rd_kafka_query_watermark_offsets(
                handle.pointer, place.topic, place.partition, &low, &high, deadline.millisecondsLeft)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                throw HarnessError("no end of \(place.topic) [\(place.partition)]: \(KafkaHandle.text(code))")
            }
            ends[place] = high
        }
        while let open = ends.first(where: { reached[$0.key, default: 0] < $0.value }) {
            guard !deadline.isPast else {
                throw HarnessError("\(open.key.topic) [\(open.key.partition)] was not read to \(open.value)")
            }
            try receive(until: deadline)
        }
        defer { taken = all.count }
        return Array(all[taken...])
    }

    /// What has come since the last call's end, after waiting for the first of it at most 100 ms.
    public func next() throws -> [ConsumedRecord] {
        if taken == all.count { try receive(until: Deadline(in: .milliseconds(100))) }
        defer { taken = all.count }
        return Array(all[taken...])
    }

    /// Drops the records that have been handed out, for runs that read more than memory holds.
    public func forget() {
        all.removeFirst(taken)
        taken = 0
    }

    /// Takes what there is, after waiting for the first of it at most 100 ms.
    private func receive(until deadline: Deadline) throws {
        if !missing.isEmpty { try assignNewTopics(within: min(1000, deadline.millisecondsLeft)) }
        var patience = min(100, deadline.millisecondsLeft)
        while let message = rd_kafka_consumer_poll(handle.pointer, patience) {
            defer { rd_kafka_message_destroy(message) }
            patience = 0
            let fields = message.pointee
            switch fields.err {
            case RD_KAFKA_RESP_ERR_NO_ERROR:
                let record = ConsumedRecord(message)
                all.append(record)
                advance(record.topic, record.partition, to: record.offset + 1)
            case RD_KAFKA_RESP_ERR__PARTITION_EOF:
                advance(String(cString: rd_kafka_topic_name(fields.rkt)), fields.partition, to: fields.offset)
            default:
                // Outages are what the tests are about; librdkafka goes on by itself.
                continue
            }
        }
    }

    private func advance(_ topic: String, _ partition: Int32, to offset: Int64) {
        let place = TopicPartition(topic: topic, partition: partition)
        reached[place] = max(reached[place, default: 0], offset)
    }

    private func assignNewTopics(within milliseconds: Int32) throws {
        let found = missing.filter { name in
            let partitions = partitionCount(of: name, within: milliseconds)
            for partition in 0..<max(partitions, 0) {
                reached[TopicPartition(topic: name, partition: partition)] = 0
            }
            return partitions > 0
        }
        guard !found.isEmpty else { return }
        missing.removeAll { found.contains($0) }
        // An assignment replaces the one before, so those already being read go on from where they are.
        let list = rd_kafka_topic_partition_list_new(Int32(reached.count))
        defer { rd_kafka_topic_partition_list_destroy(list) }
        for (place, offset) in reached {
            let entry = rd_kafka_topic_partition_list_add(list, place.topic, place.partition)
            entry?.pointee.offset = offset > 0 ? offset : Int64(RD_KAFKA_OFFSET_BEGINNING)
        }
        let error = rd_kafka_assign(handle.pointer, list)
        guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw HarnessError("could not read \(found): \(KafkaHandle.text(error))")
        }
    }

    private func partitionCount(of name: String, within milliseconds: Int32) -> Int32 {
        guard let topic = rd_kafka_topic_new(handle.pointer, name, nil) else { return 0 }
        defer { rd_kafka_topic_destroy(topic) }
        var metadata: UnsafePointer<rd_kafka_metadata>?
        guard rd_kafka_metadata(handle.pointer, 0, topic, &metadata, milliseconds) == RD_KAFKA_RESP_ERR_NO_ERROR,
            let metadata
        else { return 0 }
        defer { rd_kafka_metadata_destroy(metadata) }
        guard metadata.pointee.topic_cnt == 1, let entry = metadata.pointee.topics,
            entry.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR
        else { return 0 }
        return entry.pointee.partition_cnt
    }

    private static func summary(_ records: [ConsumedRecord]) -> String {
        let last = records.suffix(5).map { "\($0.keyText ?? "-") → \($0.valueText ?? "-")" }
        return "\(records.count), the last of them \(last)"
    }
}
