internal import CLibrdkafka

extension ClientProperties {
    /// The value that librdkafka would use for `name`, its default included; nil for a property that it does not
    /// know. Not for secrets.
    public func effectiveValue(of name: String) throws(KafkaError) -> String? {
        let configuration = try makeConfiguration()
        defer { rd_kafka_conf_destroy(configuration) }
        var size = 0
        guard rd_kafka_conf_get(configuration, name, nil, &size) == RD_KAFKA_CONF_OK, size > 0 else { return nil }
        var text = [CChar](repeating: 0, count: size)
        guard rd_kafka_conf_get(configuration, name, &text, &size) == RD_KAFKA_CONF_OK else { return nil }
        return String(buffer: text)
    }
}
