internal import CLibrdkafka

/// What librdkafka or a broker refused: what could not be done, to what, and the reason given. No advice.
public struct KafkaError: Error, Sendable, CustomStringConvertible {
    /// librdkafka's `rd_kafka_resp_err_t`: negative codes are the library's own, positive ones the broker's.
    /// <https://kafka.apache.org/protocol.html#protocol_error_codes>
    public var code: Int32
    /// The code's symbol: `TOPIC_AUTHORIZATION_FAILED`, `_MSG_TIMED_OUT`.
    public var name: String
    public var action: String
    public var reason: String
    /// Whether the client instance that raised it can never be used again.
    public var isFatal: Bool

    init(_ code: rd_kafka_resp_err_t, action: String, reason: String? = nil, isFatal: Bool = false) {
        self.code = code.rawValue
        self.name = String(cString: rd_kafka_err2name(code))
        self.action = action
        self.reason = reason ?? String(cString: rd_kafka_err2str(code))
        self.isFatal = isFatal
    }

    /// A configuration that librdkafka refuses.
    init(configuration reason: String, action: String) {
        self.init(RD_KAFKA_RESP_ERR__INVALID_ARG, action: action, reason: reason)
    }

    public var description: String { "could not \(action): \(reason) (\(name))" }
}

extension KafkaError {
    /// The record was taken back before it was delivered.
    public var isPurge: Bool {
        code == RD_KAFKA_RESP_ERR__PURGE_QUEUE.rawValue || code == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT.rawValue
    }

    /// The brokers do not know such a request.
    public var isUnsupported: Bool { code == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE.rawValue }

    /// The brokers refuse the client's log-in.
    public var isAuthentication: Bool { code == RD_KAFKA_RESP_ERR__AUTHENTICATION.rawValue }
}
