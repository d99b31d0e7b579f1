import Kafka
import LinuxSupport
import Pipeline

/// Positions and transactions. Each call blocks, and so has a thread of its own; none is made per record.
extension KafkaSink {
    nonisolated(nonsending) func position(of identity: PipelineIdentity) async throws(PipelineError) -> KeptPosition {
        guard let stateTopic else { preconditionFailure("a pipeline that keeps its position has a state topic") }
        let (isFenced, keys) = (isFenced, keys)
        return try await DedicatedThread.run(name: "kafka-state") { () throws(PipelineError) in
            let isOurs: Bool
            do throws(KafkaError) {
                isOurs = try stateTopic.createIfMissing(timeout: Self.patience)
            } catch {
                throw .sink(SinkFailure(error, keys))
            }
            var kept = try stateTopic.kept(of: identity, isFenced: isFenced)
            if !isOurs { kept.perishes = stateTopic.perishes(timeout: Self.patience) }
            return kept
        }
    }

    nonisolated(nonsending) func snapshotProgress(
        of identity: PipelineIdentity
    ) async throws(PipelineError) -> [LeafProgress] {
        guard let stateTopic else { preconditionFailure("a pipeline that takes a snapshot has a state topic") }
        return try await DedicatedThread.run(name: "kafka-state") { () throws(PipelineError) in
            try stateTopic.snapshotProgress(of: identity)
        }
    }

    nonisolated(nonsending) func takeOver() async throws(PipelineError) {
        let keys = keys
        try await onThread { producer throws(PipelineError) in
            do throws(KafkaError) {
                try producer.initTransactions(timeout: Self.patience)
            } catch {
                throw .sink(SinkFailure(error, keys))
            }
        }
    }

    func beginTransaction() throws(PipelineError) {
        do throws(KafkaError) {
            try producer.beginTransaction()
        } catch {
            throw .sink(SinkFailure(error, keys))
        }
    }

    nonisolated(nonsending) func commitTransaction() async throws(PipelineError) {
        let (session, stateTopic, keys) = (session, stateTopic, keys)
        try await onThread { producer throws(PipelineError) in
            while true {
                do throws(KafkaError) {
                    return try producer.commitTransaction(timeout: .seconds(1))
                } catch  where error.isRetriable && !session.isOver {
                    // The brokers are away, and the commit goes on; the session may end meanwhile for another reason.
                    continue
                } catch {
                    let failure = SinkFailure(error, keys)
                    // The error does not name the topic.
                    let isMissing =
                        failure.isMissingTopic && (try? stateTopic?.existence(timeout: Self.patience)) == .missing
                    throw PipelineError(stateTopic: isMissing ? stateTopic?.name : nil, failure)
                }
            }
        }
    }

    nonisolated(nonsending) func abortTransaction() async {
        // Without it, the brokers end the transaction when its time is up, or when somebody takes over.
        try? await onThread { producer throws(PipelineError) in
            try? producer.abortTransaction(timeout: .seconds(2))
        }
    }

    /// How long one attempt may take; whoever calls tries again, unless it is to stop meanwhile. Ten times what a far
    /// cluster takes for a connection with TLS and SASL.
    static let patience = Duration.seconds(4)

    private nonisolated(nonsending) func onThread(
        _ call: @escaping @Sendable (Producer) throws(PipelineError) -> Void
    ) async throws(PipelineError) {
        let producer = producer
        try await DedicatedThread.run(name: "kafka-txn") { () throws(PipelineError) in try call(producer) }
    }
}
