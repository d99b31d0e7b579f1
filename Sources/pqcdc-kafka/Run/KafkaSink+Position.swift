import Kafka
import LinuxSupport
import Pipeline

/// Positions and transactions. Each call blocks, and so has a thread of its own; none is made per record.
extension KafkaSink {
    nonisolated(nonsending) func position(of identity: PipelineIdentity) async throws(PipelineError) -> KeptPosition {
        guard let stateTopic else { preconditionFailure("a pipeline that keeps its position has a state topic") }
        let isFenced = isFenced
        return try await DedicatedThread.run(name: "kafka-state") { () throws(PipelineError) in
            let latest: (value: [UInt8]?, otherKeys: [[UInt8]])
            let isOurs: Bool
            do throws(KafkaError) {
                isOurs = try stateTopic.createIfMissing(timeout: Self.patience)
                latest = try stateTopic.latest(identity.json, timeout: Self.patience) { value, other in
                    !isFenced && Self.isBehind(value, other)
                }
            } catch {
                throw .sink(SinkFailure(error))
            }
            do throws(StateRecordError) {
                return KeptPosition(
                    position: try latest.value.map { json throws(StateRecordError) in try SourcePosition(json: json) },
                    // The topic may hold what other programs, or later versions of this one, have put there.
                    others: latest.otherKeys.compactMap { try? PipelineIdentity(json: $0) },
                    perishes: isOurs ? nil : stateTopic.perishes(timeout: Self.patience))
            } catch {
                throw .unreadablePosition(error, topic: stateTopic.name)
            }
        }
    }

    nonisolated(nonsending) func snapshotProgress(
        of identity: PipelineIdentity
    ) async throws(PipelineError) -> [LeafProgress] {
        guard let stateTopic else { preconditionFailure("a pipeline that takes a snapshot has a state topic") }
        return try await DedicatedThread.run(name: "kafka-state") { () throws(PipelineError) in
            let values: [[UInt8]]
            do throws(KafkaError) {
                values = try stateTopic.values(timeout: Self.patienceForAll) { LeafProgress.isKey($0, of: identity) }
            } catch {
                throw .sink(SinkFailure(error))
            }
            do throws(StateRecordError) {
                return try values.map { json throws(StateRecordError) in try LeafProgress(json: json) }
            } catch {
                throw .unreadablePosition(error, topic: stateTopic.name)
            }
        }
    }

    nonisolated(nonsending) func takeOver() async throws(PipelineError) {
        try await onThread { producer throws(PipelineError) in
            do throws(KafkaError) {
                try producer.initTransactions(timeout: Self.patience)
            } catch {
                throw .sink(SinkFailure(error))
            }
        }
    }

    func beginTransaction() throws(PipelineError) {
        do throws(KafkaError) {
            try producer.beginTransaction()
        } catch {
            throw .sink(SinkFailure(error))
        }
    }

    nonisolated(nonsending) func commitTransaction() async throws(PipelineError) {
        let (session, stateTopic) = (session, stateTopic)
        try await onThread { producer throws(PipelineError) in
            while true {
                do throws(KafkaError) {
                    return try producer.commitTransaction(timeout: .seconds(1))
                } catch  where error.isRetriable && !session.isOver {
                    // The brokers are away, and the commit goes on; the session may end meanwhile for another reason.
                    continue
                } catch {
                    let failure = SinkFailure(error)
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

    /// In at-least-once an instance that lost the slot in its sleep can still send, when it wakes up, a position that
    /// has long been surpassed. One that cannot be read is not passed over: the start ends with it.
    private static func isBehind(_ value: [UInt8], _ other: [UInt8]) -> Bool {
        guard let value = try? SourcePosition(json: value), let other = try? SourcePosition(json: other) else {
            return false
        }
        return value.lsn < other.lsn
    }

    /// How long one attempt may take; whoever calls tries again, unless it is to stop meanwhile. Ten times what a far
    /// cluster takes for a connection with TLS and SASL.
    static let patience = Duration.seconds(4)

    /// The topic is read from its beginning, which after a long snapshot may be some hundred thousand records.
    private static let patienceForAll = Duration.seconds(60)

    private nonisolated(nonsending) func onThread(
        _ call: @escaping @Sendable (Producer) throws(PipelineError) -> Void
    ) async throws(PipelineError) {
        let producer = producer
        try await DedicatedThread.run(name: "kafka-txn") { () throws(PipelineError) in try call(producer) }
    }
}
