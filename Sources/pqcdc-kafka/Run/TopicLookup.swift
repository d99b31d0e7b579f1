import Kafka
import LinuxSupport
import Pipeline

/// Asks for one topic with a client of its own, whose metadata is not older than the question, and which makes none.
struct TopicLookup: Sendable {
    let properties: ClientProperties
    let mayCreateTopics: Bool
    let keys: KafkaKeys

    nonisolated(nonsending) func existence(of name: String) async -> TopicExistence {
        let topic = StateTopic(properties, name: name)
        let answer = await DedicatedThread.run(name: "kafka-topics") { () -> Result<StateTopic.Existence, KafkaError> in
            Result { () throws(KafkaError) in try topic.existence(timeout: KafkaSink.patience) }
        }
        switch answer {
        case .success(.exists): return .exists
        case .success(.missing): return .missing(mayBeCreated: mayCreateTopics)
        case .failure(let error):
            let failure = SinkFailure(error, keys, topic: name)
            if case .stop(.permission)? = KafkaCode(rawValue: error.code)?.consequence { return .refused(failure) }
            return .unknown
        }
    }
}
