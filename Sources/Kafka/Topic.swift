internal import CLibrdkafka

/// An open topic of one ``Producer``. Closed with the object, which therefore must not outlive its producer.
public final class Topic: @unchecked Sendable {
    // Sendable because a topic handle may be used by any thread:
    // https://github.com/confluentinc/librdkafka/blob/master/INTRODUCTION.md#threads-and-callbacks
    let handle: OpaquePointer
    public let name: String

    init(owning handle: OpaquePointer, name: String) {
        self.handle = handle
        self.name = name
    }

    deinit { rd_kafka_topic_destroy(handle) }
}
