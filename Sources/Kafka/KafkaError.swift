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
    /// Whether the same call may be made again. Only the calls of a transaction say so.
    public var isRetriable = false
    /// Whether the open transaction has failed: nothing but ``Producer/abortTransaction(timeout:)`` is possible.
    public var requiresAbort = false

    init(_ code: rd_kafka_resp_err_t, action: String, reason: String? = nil, isFatal: Bool = false) {
        self.code = code.rawValue
        self.name = String(cString: rd_kafka_err2name(code))
        self.action = action
        self.reason = reason ?? String(cString: rd_kafka_err2str(code))
        self.isFatal = isFatal
    }

    /// Takes an error object over and destroys it.
    /// <https://github.com/confluentinc/librdkafka/blob/master/src/rdkafka.h> (rd_kafka_error_t: the caller's, until
    /// `rd_kafka_error_destroy`)
    init(taking error: OpaquePointer, action: String) {
        defer { rd_kafka_error_destroy(error) }
        self.init(
            rd_kafka_error_code(error), action: action, reason: String(cString: rd_kafka_error_string(error)),
            isFatal: rd_kafka_error_is_fatal(error) == 1)
        isRetriable = rd_kafka_error_is_retriable(error) == 1
        requiresAbort = rd_kafka_error_txn_requires_abort(error) == 1
    }

    /// The error that ended a client, which its other calls only hint at with `_FATAL`; nil while it is usable.
    init?(fatalOf client: OpaquePointer, action: String) {
        var text = [CChar](repeating: 0, count: 512)
        let code = rd_kafka_fatal_error(client, &text, text.count)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        self.init(code, action: action, reason: String(buffer: text), isFatal: true)
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

    /// Another producer has taken over the `transactional.id`, or the broker has ended a transaction that was open
    /// for longer than its time-out: it raises the epoch in both cases, and an old one is all that is seen here.
    public var isFenced: Bool {
        switch code {
        case RD_KAFKA_RESP_ERR__FENCED.rawValue, RD_KAFKA_RESP_ERR_PRODUCER_FENCED.rawValue: true
        // librdkafka tells by its fatal error whether it could have gone on with a newer epoch.
        case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH.rawValue: isFatal
        default: false
        }
    }
}
