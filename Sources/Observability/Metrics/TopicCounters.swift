/// The counters of one topic.
public final class TopicCounters: Sendable {
    public let delivered: Counter
    public let failed: Counter

    init(delivered: Counter, failed: Counter) {
        self.delivered = delivered
        self.failed = failed
    }
}
