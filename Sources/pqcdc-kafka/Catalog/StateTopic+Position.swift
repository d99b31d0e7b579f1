import Kafka
import Pipeline
import ReplicationProtocol

/// Reading a pipeline's position: what `run` begins with, and `validate --online` and `status` ask too. Each call blocks.
extension StateTopic {
    /// - Parameter isFenced: whether whoever wrote a position was the only one who could, as in exactly-once.
    func kept(of identity: PipelineIdentity, isFenced: Bool) throws(PipelineError) -> KeptPosition {
        let newest: (value: [UInt8]?, others: [PipelineIdentity])
        do throws(KafkaError) {
            newest = try latestPosition(of: identity, timeout: KafkaSink.patience) { value, other in
                !isFenced && Self.isBehind(value, other)
            }
        } catch {
            throw .sink(SinkFailure(error))
        }
        do throws(StateRecordError) {
            return KeptPosition(
                position: try newest.value.map { json throws(StateRecordError) in try SourcePosition(json: json) },
                others: newest.others)
        } catch {
            throw .unreadablePosition(error, topic: name)
        }
    }

    /// The newest position of a pipeline and, where it has none, the other pipelines that have one.
    ///
    /// A slot has one position. Where none stands under the pipeline's name, one that stands under another name of the same
    /// slot counts: `cdc.pipeline` was added, taken out or changed. Of several the one that is furthest on does.
    ///
    /// Blocks for three times `timeout` at most.
    ///
    /// - Parameter isBehind: as in ``latest(_:timeout:isBehind:)``.
    func latestPosition(
        of identity: PipelineIdentity, timeout: Duration,
        isBehind: ((_ value: [UInt8], _ other: [UInt8]) -> Bool)? = nil
    ) throws(KafkaError) -> (value: [UInt8]?, others: [PipelineIdentity]) {
        let own = try latest(identity.json, timeout: timeout, isBehind: isBehind)
        // The topic may hold what other programs, or later versions of this one, have put there.
        let others = own.otherKeys.compactMap { try? PipelineIdentity(json: $0) }
        let names = others.filter { $0.differsInPipelineOnly(from: identity) }
        if own.value != nil || names.isEmpty { return (own.value, others) }
        var furthest: (value: [UInt8], position: SourcePosition)?
        let deadline = ContinuousClock.now + timeout * 2
        for name in names {
            let left = ContinuousClock.now.duration(to: deadline)
            guard let value = try latest(name.json, timeout: left, isBehind: isBehind).value else { continue }
            // One that cannot be read is not passed over: whoever reads it says so.
            guard let position = try? SourcePosition(json: value) else { return (value, []) }
            if position.lsn >= furthest?.position.lsn ?? .zero { furthest = (value, position) }
        }
        return (furthest?.value, furthest == nil ? others : [])
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
