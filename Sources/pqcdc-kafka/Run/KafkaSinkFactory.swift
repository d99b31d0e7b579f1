import Kafka
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
    let metrics: DaemonMetrics
    let logger: Logger

    func makeSink(reportingTo session: Session) throws(PipelineError) -> sending any RecordSink {
        let reports = DeliveryReports(session: session, metrics: metrics, logger: logger)
        do {
            let producer = try Producer(
                properties, memoryLimit: memoryLimit, takesHashes: takesHashes, observer: reports)
            return KafkaSink(
                producer: producer, observer: reports, mayCreateTopics: mayCreateTopics,
                limits: asksForLimits ? TopicLimits(properties: properties) : nil)
        } catch {
            throw .sink(SinkFailure(error))
        }
    }
}
