import Kafka
import LinuxSupport
import Logging
import Observability
import Pipeline

/// Makes a producer for each session, so that nothing of an earlier one can be delivered into a later one.
struct KafkaSinkFactory: RecordSinkFactory {
    let properties: ClientProperties
    let memoryLimit: Int
    let mayCreateTopics: Bool
    /// Whether rules name partitions by a hash, and whether they put records aside that Kafka does not take.
    let takesHashes: Bool
    let asksForLimits: Bool
    let keys: KafkaKeys
    let position: PositionPlan
    let metrics: DaemonMetrics
    let watched: WatchedLoop
    let logger: Logger

    func makeSink(
        reportingTo session: Session, for identity: PipelineIdentity, looksClosely: Bool
    ) throws(PipelineError) -> sending any RecordSink {
        let reports = DeliveryReports(
            session: session, stateTopic: position.stateTopic, metrics: metrics, keys: keys, logger: logger)
        do {
            let producer = try Producer(
                properties, memoryLimit: memoryLimit, takesHashes: takesHashes,
                transactionalID: position.delivery == .exactlyOnce ? identity.transactionalID : nil,
                transactionTimeout: position.transactionTimeout, observer: reports,
                watched: watched)
            return KafkaSink(
                producer: producer, observer: reports, session: session,
                stateTopic: position.stateTopic.map { StateTopic(properties, name: $0) },
                isFenced: position.delivery == .exactlyOnce, mayCreateTopics: mayCreateTopics,
                limits: asksForLimits || looksClosely ? TopicLimits(properties: properties) : nil,
                looksClosely: looksClosely, lookup: lookup,
                clientLimit: try? properties.effectiveValue(of: "message.max.bytes"), keys: keys)
        } catch {
            throw .sink(SinkFailure(error, keys))
        }
    }

    func existence(of topic: String) async -> TopicExistence { await lookup.existence(of: topic) }

    private var lookup: TopicLookup {
        TopicLookup(properties: properties, mayCreateTopics: mayCreateTopics, keys: keys)
    }

    func lastPosition(of identity: PipelineIdentity) -> SourcePosition? {
        guard let name = position.stateTopic,
            let value = try? StateTopic(properties, name: name)
                .latestPosition(of: identity, timeout: KafkaSink.patience).value
        else { return nil }
        return try? SourcePosition(json: value)
    }
}
