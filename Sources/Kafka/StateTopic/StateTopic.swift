/// A compacted topic in which each pipeline keeps its position under a key of its own: making it, and reading it back.
///
/// Every call makes a short-lived client. It belongs to no consumer group, so that its user needs rights on the topic
/// only.
public struct StateTopic: Sendable {
    public let name: String
    let properties: ClientProperties

    /// - Parameter properties: how to reach the cluster and to log in; of others none is used.
    public init(_ properties: ClientProperties, name: String) {
        self.properties = properties
        self.name = name
    }

    public enum Existence: Hashable, Sendable {
        case exists(partitions: Int)
        case missing
    }

    /// Asks the cluster for the topic, and creates none.
    ///
    /// Blocks for `timeout` at most. A topic that the user may not describe is an error, not a missing one.
    public func existence(timeout: Duration) throws(KafkaError) -> Existence {
        let partitions = try TopicReader(self).partitionCount(until: .now + timeout)
        return partitions.map { .exists(partitions: $0) } ?? .missing
    }

    /// The newest value under `key` or, where there is none, every key that has one.
    ///
    /// Blocks for `timeout` at most. Aborted records count for nothing, a tombstone means that its key has no value,
    /// and a transaction that is still open is waited for: it may hide newer records. A topic that does not exist
    /// gives nil and no keys. Partitions are read backwards from their end until the key is found, so a topic of one
    /// partition, as ``createIfMissing(timeout:)`` makes it, is read to its beginning only when the key is rare. Of
    /// values in several partitions, which happens where partitions were added, the one with the latest timestamp is
    /// the newest.
    ///
    /// - Parameter isBehind: whether a value is older than another one that stands before it. Of the records that are
    ///   read together (2000 offsets at least, up to the last tombstone) the newest value is then one that none of the
    ///   later ones surpasses.
    public func latest(
        _ key: [UInt8], timeout: Duration, isBehind: ((_ value: [UInt8], _ other: [UInt8]) -> Bool)? = nil
    ) throws(KafkaError) -> (value: [UInt8]?, otherKeys: [[UInt8]]) {
        let deadline = ContinuousClock.now + timeout
        let reader = try TopicReader(self)
        guard let partitions = try reader.partitionCount(until: deadline) else { return (nil, []) }
        var newest: KeySearch.Value?
        var others: Set<[UInt8]> = []
        for partition in 0..<Int32(partitions) {
            let search = try search(
                partition, KeySearch(key, isBehind: isBehind), with: reader, until: deadline)
            others.formUnion(search.otherKeys)
            if let value = search.value, value.timestamp >= newest?.timestamp ?? .min { newest = value }
        }
        return newest.map { ($0.bytes, []) } ?? (nil, Array(others))
    }

    /// The newest value under each key that is asked for, in no order.
    ///
    /// Reads the topic from its beginning. Blocks for `timeout` at most.
    public func values(
        timeout: Duration, where isWanted: (_ key: [UInt8]) -> Bool
    ) throws(KafkaError) -> [[UInt8]] {
        let deadline = ContinuousClock.now + timeout
        let reader = try TopicReader(self)
        var newest: [[UInt8]: KeySearch.Value?] = [:]
        for partition in 0..<Int32(try reader.partitionCount(until: deadline) ?? 0) {
            let ends = try reader.ends(of: partition, until: deadline)
            if ends.stable <= ends.first { continue }
            try reader.read(partition, from: ends.first, upTo: nil, until: deadline) { record in
                let key = Array(record.key)
                guard newest[key] != nil || isWanted(key) else { return }
                newest.updateValue(
                    record.value.map { KeySearch.Value(bytes: Array($0), timestamp: record.timestamp) }, forKey: key)
            }
        }
        return newest.values.compactMap { $0?.bytes }
    }

    private func search(
        _ partition: Int32, _ search: KeySearch, with reader: TopicReader, until deadline: ContinuousClock.Instant
    ) throws(KafkaError) -> KeySearch {
        let ends = try reader.ends(of: partition, until: deadline)
        var search = search
        // A transaction takes two offsets, its record's and its marker's.
        var step: Int64 = 2000
        var start = max(ends.first, ends.stable - step)
        var end: Int64?
        while true {
            try reader.read(partition, from: start, upTo: end, until: deadline) { search.note($0) }
            search.endWindow()
            if search.value != nil || start <= ends.first { return search }
            end = start
            step *= 8
            start = max(ends.first, start - step)
        }
    }
}
