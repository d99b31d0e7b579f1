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
    /// Whether rules name partitions by a hash, and whether they put records aside that are too large.
    let takesHashes: Bool
    let asksForLimits: Bool
    let position: PositionPlan
    let metrics: DaemonMetrics
    let watched: WatchedLoop
    let logger: Logger

    func makeSink(
        reportingTo session: Session, for identity: PipelineIdentity
    ) throws(PipelineError) -> sending any RecordSink {
        let reports = DeliveryReports(
            session: session, stateTopic: position.stateTopic, metrics: metrics, logger: logger)
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
                limits: asksForLimits ? TopicLimits(properties: properties) : nil)
        } catch {
            throw .sink(SinkFailure(error))
        }
    }

    func lastPosition(of identity: PipelineIdentity) -> SourcePosition? {
        guard let name = position.stateTopic,
            let value = try? StateTopic(properties, name: name).latest(identity.json, timeout: KafkaSink.patience).value
        else { return nil }
        return try? SourcePosition(json: value)
    }
}
