import Kafka
import Pipeline

/// Reading a pipeline's position: what `run` begins with, and `validate --online` and `status` ask too. Each call blocks.
extension StateTopic {
    /// - Parameter isFenced: whether whoever wrote a position was the only one who could, as in exactly-once.
    func kept(of identity: PipelineIdentity, isFenced: Bool) throws(PipelineError) -> KeptPosition {
        let newest: (value: [UInt8]?, otherKeys: [[UInt8]])
        do throws(KafkaError) {
            newest = try latest(identity.json, timeout: KafkaSink.patience) { value, other in
                !isFenced && Self.isBehind(value, other)
            }
        } catch {
            throw .sink(SinkFailure(error))
        }
        do throws(StateRecordError) {
            return KeptPosition(
                position: try newest.value.map { json throws(StateRecordError) in try SourcePosition(json: json) },
                // The topic may hold what other programs, or later versions of this one, have put there.
                others: newest.otherKeys.compactMap { try? PipelineIdentity(json: $0) })
        } catch {
            throw .unreadablePosition(error, topic: name)
        }
    }

    func snapshotProgress(of identity: PipelineIdentity) throws(PipelineError) -> [LeafProgress] {
        let records: [[UInt8]]
        do throws(KafkaError) {
            records = try values(timeout: Self.patienceForAll) { LeafProgress.isKey($0, of: identity) }
        } catch {
            throw .sink(SinkFailure(error))
        }
        do throws(StateRecordError) {
            return try records.map { json throws(StateRecordError) in try LeafProgress(json: json) }
        } catch {
            throw .unreadablePosition(error, topic: name)
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

    /// The topic is read from its beginning, which after a long snapshot may be some hundred thousand records.
    private static let patienceForAll = Duration.seconds(60)
}
