import Glibc
import Kafka
import Pipeline
import RowMapping

/// What a topic takes, by its own word: what is known before a record is sent, so that the record alone is refused and not
/// the request that it would be part of.
struct TopicDemands: Hashable {
    let configuration: TopicConfiguration

    /// What a record's batch of one adds to its bytes at most, with a few headers.
    /// <https://kafka.apache.org/documentation/#recordbatch>
    private static let overhead = 128

    /// Why the topic does not take the record; nil where it does.
    @inline(__always)
    func refusal(of record: RecordBatch.Record, topic: String) -> SinkRefusal? {
        if let limit = configuration.maxMessageBytes, record.byteCount + Self.overhead > limit {
            return tooLarge(record, limit, topic)
        }
        if configuration.isCompacted, record.keyLength < 0 { return withoutKey(topic) }
        return record.timestamp == 0 ? nil : untimely(record, topic)
    }

    private func tooLarge(_ record: RecordBatch.Record, _ limit: Int, _ topic: String) -> SinkRefusal {
        refusal(
            .tooLarge, .msgSizeTooLarge, topic,
            "the record has \(record.byteCount) bytes, and the topic takes \(limit) at most (max.message.bytes)")
    }

    private func withoutKey(_ topic: String) -> SinkRefusal {
        refusal(.withoutKey, .invalidRecord, topic, "the topic is compacted, and the record has no key")
    }

    private func untimely(_ record: RecordBatch.Record, _ topic: String) -> SinkRefusal? {
        if configuration.oldestTime == nil, configuration.newestTime == nil { return nil }
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let age = Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000 - record.timestamp
        if let limit = configuration.oldestTime, age > limit {
            return refusal(
                .untimely, .invalidTimestamp, topic,
                "the record's time lies \(age) ms back, and the topic takes \(limit) at most "
                    + "(message.timestamp.before.max.ms)")
        }
        if let limit = configuration.newestTime, -age > limit {
            return refusal(
                .untimely, .invalidTimestamp, topic,
                "the record's time lies \(-age) ms ahead, and the topic takes \(limit) at most "
                    + "(message.timestamp.after.max.ms)")
        }
        return nil
    }

    private func refusal(
        _ kind: SinkRefusal.Kind, _ code: KafkaCode, _ topic: String, _ reason: String
    ) -> SinkRefusal {
        SinkRefusal(
            kind,
            SinkFailure("could not produce to topic \"\(topic)\": \(reason)", code: code.rawValue, topic: topic))
    }
}
