internal import CLibrdkafka

/// The librdkafka that this process has loaded.
public enum LibraryVersion {
    /// `2.0.2`, as librdkafka prints it.
    public static var text: String { String(cString: rd_kafka_version_str()) }
}
