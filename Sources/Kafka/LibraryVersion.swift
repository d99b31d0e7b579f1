internal import CLibrdkafka

/// The librdkafka that this process has loaded.
public enum LibraryVersion {
    /// `2.0.2`, as librdkafka prints it.
    public static var text: String { String(cString: rd_kafka_version_str()) }

    /// Whether its SCRAM repeats the client's nonce in a place where Kafka 4 refuses it, which is told as invalid credentials.
    /// <https://github.com/confluentinc/librdkafka/issues/4895>
    public static var repeatsNonce: Bool {
        // MM.mm.rr and a byte for pre-releases: 2.6.1 is 0x020601ff.
        rd_kafka_version() < 0x0206_0100
    }

    /// Every error code that it has, with its symbol and its words.
    public static var errorCodes: [(code: Int32, name: String, text: String)] {
        var descriptions: UnsafePointer<rd_kafka_err_desc>?
        var count = 0
        rd_kafka_get_err_descs(&descriptions, &count)
        return UnsafeBufferPointer(start: descriptions, count: count).compactMap { entry in
            // Gaps, and the two that mark the ends of the library's own.
            guard let name = entry.name, let text = entry.desc else { return nil }
            return (entry.code.rawValue, String(cString: name), String(cString: text))
        }
    }
}
