internal import CLibrdkafka

/// Decides about partitions in librdkafka's stead, so that records can name theirs by a hash of what is not their key.
///
/// A callback, since the number of partitions is the client's to know, and changes.
/// <https://github.com/confluentinc/librdkafka/blob/master/src/rdkafka.h> (rd_kafka_topic_conf_set_partitioner_cb: may
/// be called by any thread, and must not block)
struct Partitioner {
    typealias Callback =
        @convention(c) (
            OpaquePointer?, UnsafeRawPointer?, Int, Int32, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
        ) -> Int32

    private let callback: Callback

    /// - Parameter fallback: the `partitioner` for records without a hash; nil is librdkafka's default.
    init(fallback: String?) {
        callback =
            switch fallback {
            case "random":
                {
                    RecordTag.partition(of: $5, among: $3)
                        ?? rd_kafka_msg_partitioner_random($0, $1, $2, $3, $4, $5)
                }
            case "consistent":
                {
                    RecordTag.partition(of: $5, among: $3)
                        ?? rd_kafka_msg_partitioner_consistent($0, $1, $2, $3, $4, $5)
                }
            case "murmur2":
                {
                    RecordTag.partition(of: $5, among: $3)
                        ?? rd_kafka_msg_partitioner_murmur2($0, $1, $2, $3, $4, $5)
                }
            case "murmur2_random":
                {
                    RecordTag.partition(of: $5, among: $3)
                        ?? rd_kafka_msg_partitioner_murmur2_random($0, $1, $2, $3, $4, $5)
                }
            case "fnv1a":
                {
                    RecordTag.partition(of: $5, among: $3)
                        ?? rd_kafka_msg_partitioner_fnv1a($0, $1, $2, $3, $4, $5)
                }
            case "fnv1a_random":
                {
                    RecordTag.partition(of: $5, among: $3)
                        ?? rd_kafka_msg_partitioner_fnv1a_random($0, $1, $2, $3, $4, $5)
                }
            default:
                {
                    RecordTag.partition(of: $5, among: $3)
                        ?? rd_kafka_msg_partitioner_consistent_random($0, $1, $2, $3, $4, $5)
                }
            }
    }

    func install(in configuration: OpaquePointer?) {
        rd_kafka_topic_conf_set_partitioner_cb(configuration, callback)
    }
}
