import CLibrdkafka

/// Writes records for tests of the harness and of consumers, and waits for the answer to each.
public final class RecordProducer: Sendable {
    let handle: KafkaHandle

    public init(_ bootstrapServers: String, properties: [String: String] = [:]) throws {
        let ours = ["bootstrap.servers": bootstrapServers, "linger.ms": "0", "message.timeout.ms": "20000"]
        handle = try KafkaHandle(RD_KAFKA_PRODUCER, ours.merging(properties) { _, given in given })
    }

    /// Sends one record and returns when the cluster has answered for it.
    public func send(topic name: String, key: String, value: String, within limit: Duration = .seconds(60)) throws {
        guard let topic = rd_kafka_topic_new(handle.pointer, name, nil) else {
            throw HarnessError("not a topic: \(name)")
        }
        defer { rd_kafka_topic_destroy(topic) }
        var (keyBytes, valueBytes) = (Array(key.utf8), Array(value.utf8))
        // -1 lets the partitioner choose.
        let result = rd_kafka_produce(
            topic, -1, Int32(RD_KAFKA_MSG_F_COPY), &valueBytes, valueBytes.count, &keyBytes, keyBytes.count, nil)
        guard result == 0 else {
            throw HarnessError("could not send to \(name): \(KafkaHandle.text(rd_kafka_last_error()))")
        }
        let error = rd_kafka_flush(handle.pointer, Deadline(in: limit).millisecondsLeft)
        guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw HarnessError("a record for \(name) was not delivered: \(KafkaHandle.text(error))")
        }
    }
}
