import CLibrdkafka

extension ConsumedRecord {
    /// Copies what librdkafka lends until the message is destroyed.
    init(_ message: UnsafeMutablePointer<rd_kafka_message_t>) {
        let fields = message.pointee
        topic = String(cString: rd_kafka_topic_name(fields.rkt))
        partition = fields.partition
        offset = fields.offset
        key = Self.bytes(fields.key, fields.key_len)
        value = Self.bytes(fields.payload, fields.len)
        headers = Self.headers(of: message)
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let time = rd_kafka_message_timestamp(message, &kind)
        timestamp = kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? nil : time
    }

    private static func headers(of message: UnsafeMutablePointer<rd_kafka_message_t>) -> [Header] {
        var list: OpaquePointer?
        guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR else { return [] }
        var result: [Header] = []
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        while rd_kafka_header_get_all(list, result.count, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
            result.append(Header(name: name.map { String(cString: $0) } ?? "", value: bytes(value, size)))
        }
        return result
    }

    private static func bytes(_ start: UnsafeRawPointer?, _ count: Int) -> [UInt8]? {
        start.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) }
    }
}
