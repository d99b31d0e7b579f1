import Kafka
import LinuxSupport
import Pipeline
import RowMapping

/// Kafka, as one session's batcher sees it.
final class KafkaSink: RecordSink {
    let producer: Producer
    private let observer: DeliveryReports
    let session: Session
    let stateTopic: StateTopic?
    /// Whether nobody but us can write to Kafka once we have taken over.
    let isFenced: Bool
    private let mayCreateTopics: Bool
    /// nil where no rule does anything but stop at a record that Kafka does not take, and nothing was refused so far.
    private let limits: TopicLimits?
    /// Whether topics are asked for their partitions before the first record.
    private let looksClosely: Bool
    private let lookup: TopicLookup
    /// `message.max.bytes`.
    private let clientLimit: String?
    let keys: KafkaKeys
    private var topics: [(handle: Topic, demands: TopicDemands?)] = []
    private var numbers: [String: Int] = [:]
    /// The topics that the cluster last said it has, and when.
    private var listed: (names: Set<String>, at: ContinuousClock.Instant)?

    /// For how long a topic that was listed counts as there. The list is as long as the cluster has topics; many new tables
    /// in a row do not ask for it again each.
    private static let listLifetime = Duration.seconds(10)

    init(
        producer: Producer, observer: DeliveryReports, session: Session, stateTopic: StateTopic?,
        isFenced: Bool, mayCreateTopics: Bool, limits: TopicLimits?, looksClosely: Bool, lookup: TopicLookup,
        clientLimit: String?, keys: KafkaKeys
    ) {
        self.producer = producer
        self.session = session
        self.stateTopic = stateTopic
        self.isFenced = isFenced
        self.observer = observer
        self.mayCreateTopics = mayCreateTopics
        self.limits = limits
        self.looksClosely = looksClosely
        self.lookup = lookup
        self.clientLimit = clientLimit
        self.keys = keys
    }

    nonisolated(nonsending) func openTopic(_ name: String) async throws(PipelineError) -> Int {
        if let number = numbers[name] { return number }
        if !mayCreateTopics { try await expectTopic(name) }
        let demands = await limits?.demands(of: name)
        let number = topics.count
        observer.willReport(topic: name, number: number)
        let topic: Topic
        do {
            topic = try producer.openTopic(name, number: number)
        } catch {
            throw .sink(SinkFailure(error, keys, topic: name))
        }
        topics.append((topic, demands))
        if looksClosely { try await expectPartitions(of: topic) }
        numbers[name] = number
        return number
    }

    func send(
        _ records: borrowing RecordBatch, from first: Int, batch: UInt32
    ) throws(PipelineError) -> SendOutcome {
        let bytes = UnsafeRawPointer(records.bytes)
        for index in first..<records.count {
            let record = records[index]
            let topic = topics[Int(record.topic)]
            if let refusal = topic.demands?.refusal(of: record, topic: topic.handle.name) {
                return .refused(index, refusal)
            }
            switch produce(record, to: topic.handle, bytes, batch) {
            case .accepted: break
            case .queueFull: return .queueFull(index)
            case .refused(let error):
                return .refused(index, try refusal(of: record, error, topic.handle.name))
            }
        }
        return .sent
    }

    @inline(__always)
    private func produce(
        _ record: RecordBatch.Record, to topic: Topic, _ bytes: UnsafeRawPointer, _ batch: UInt32
    ) -> Producer.Outcome {
        let key = Self.slice(bytes, record.keyOffset, record.keyLength)
        let value = Self.slice(bytes, record.valueOffset, record.valueLength)
        let partition: Producer.Partition =
            switch record.partition {
            case .byKey: .byKey
            case .number(let number): .number(number)
            case .hash(let hash): .hash(hash)
            }
        if record.headersLength == 0, record.timestamp == 0 {
            return producer.produce(topic, partition, key: key, value: value, batch: batch)
        }
        var headers = HeaderReader(Self.slice(bytes, record.headersOffset, record.headersLength))
        return producer.produce(
            topic, partition, key: key, value: value, timestamp: record.timestamp, batch: batch
        ) { headers.header() }
    }

    nonisolated(nonsending) func withhold(within limit: Duration) async {
        let producer = producer
        await DedicatedThread.run(name: "kafka-withhold") { producer.withhold(within: limit) }
    }

    nonisolated(nonsending) func close() async {
        topics.removeAll()
        // Ending the client's threads may take as long as a broker's connection attempt.
        let producer = producer
        await DedicatedThread.run(name: "kafka-close") { producer.close() }
        observer.ended()
    }

    nonisolated(nonsending) func looksOtherwiseNow(
        _ refusal: SinkRefusal, topic number: Int
    ) async throws(PipelineError) -> Bool {
        let topic = topics[number]
        guard refusal.kind != .noSuchPartition else {
            try await expectPartitions(of: topic.handle)
            return true
        }
        guard topic.demands != nil, let demands = await limits?.demands(of: topic.handle.name) else { return false }
        topics[number].demands = demands
        return demands != topic.demands
    }

    /// librdkafka has the brokers create what it produces to, whatever the configuration says; so we look first.
    private nonisolated(nonsending) func expectTopic(_ name: String) async throws(PipelineError) {
        if let listed, listed.names.contains(name), ContinuousClock.now - listed.at < Self.listLifetime { return }
        let (producer, keys) = (producer, keys)
        let names = try await DedicatedThread.run(name: "kafka-topics") { () throws(PipelineError) in
            do throws(KafkaError) {
                return try producer.topicNames(timeout: .seconds(30))
            } catch {
                throw .sink(SinkFailure(error, keys))
            }
        }
        listed = (names, .now)
        if names.contains(name) { return }
        // The list leaves out what this client may not see, and what was created a moment ago.
        switch await lookup.existence(of: name) {
        case .exists: return
        case .missing: throw .topicMissing(name)
        case .refused(let failure): throw .sink(failure)
        case .unknown:
            throw .sink(
                SinkFailure(
                    "could not find out whether topic \"\(name)\" exists", code: KafkaCode.localTimedOut.rawValue,
                    topic: name))
        }
    }

    /// Has the client go by what the brokers say of the topic now.
    private nonisolated(nonsending) func expectPartitions(of topic: Topic) async throws(PipelineError) {
        let (producer, keys, mayCreateTopics) = (producer, keys, mayCreateTopics)
        if !mayCreateTopics {
            // Otherwise the question could have the brokers make it.
            listed = nil
            try await expectTopic(topic.name)
        }
        let count = try await DedicatedThread.run(name: "kafka-topics") { () throws(PipelineError) in
            do throws(KafkaError) {
                return try producer.partitionCount(of: topic, timeout: Self.patience)
            } catch {
                throw .sink(SinkFailure(error, keys, topic: topic.name))
            }
        }
        if count == nil { throw mayCreateTopics ? .topicNotCreated(topic.name) : .topicMissing(topic.name) }
    }

    /// A negative length stands for nothing at all, which Kafka tells from an empty value by its address.
    @inline(__always)
    private static func slice(_ bytes: UnsafeRawPointer, _ offset: Int, _ length: Int) -> UnsafeRawBufferPointer {
        length < 0
            ? UnsafeRawBufferPointer(start: nil, count: 0)
            : UnsafeRawBufferPointer(start: bytes + offset, count: length)
    }
}

extension KafkaSink {
    /// Why one record is refused while others are taken; throws where all would be.
    private func refusal(
        of record: RecordBatch.Record, _ error: KafkaError, _ topic: String
    ) throws(PipelineError) -> SinkRefusal {
        var error = error
        let kind: SinkRefusal.Kind
        switch KafkaCode(rawValue: error.code) {
        case .msgSizeTooLarge:
            kind = .tooLarge
            let limit = clientLimit.map { ", \($0)" } ?? ""
            error.reason =
                "the record has \(record.byteCount) bytes, and this client sends less than message.max.bytes\(limit)"
        case .localUnknownPartition:
            kind = .noSuchPartition
            if case .number(let number) = record.partition { error.reason = "it has no partition \(number)" }
        default: throw .sink(SinkFailure(error, keys, topic: topic))
        }
        return SinkRefusal(kind, SinkFailure(error, keys, topic: topic))
    }
}
