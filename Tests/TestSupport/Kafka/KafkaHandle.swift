import CLibrdkafka

/// Owner of one librdkafka client.
///
/// `@unchecked Sendable`: librdkafka's handles may be used from any thread.
/// https://github.com/confluentinc/librdkafka/blob/master/INTRODUCTION.md#threads-and-callbacks
final class KafkaHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ type: rd_kafka_type_t, _ properties: [String: String]) throws {
        let configuration = rd_kafka_conf_new()
        var reason = [CChar](repeating: 0, count: 512)
        // 2 is syslog's "critical"; outages are part of the tests and not worth a line each.
        for (name, value) in properties.merging(["log_level": "2"], uniquingKeysWith: { given, _ in given }) {
            guard rd_kafka_conf_set(configuration, name, value, &reason, reason.count) == RD_KAFKA_CONF_OK else {
                rd_kafka_conf_destroy(configuration)
                throw HarnessError("librdkafka refused \(name): \(Self.text(reason))")
            }
        }
        guard let pointer = rd_kafka_new(type, configuration, &reason, reason.count) else {
            rd_kafka_conf_destroy(configuration)
            throw HarnessError("could not create a Kafka client: \(Self.text(reason))")
        }
        self.pointer = pointer
    }

    deinit {
        rd_kafka_destroy(pointer)
    }

    /// librdkafka's sentence for an error code.
    static func text(_ code: rd_kafka_resp_err_t) -> String {
        String(cString: rd_kafka_err2str(code))
    }

    static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
