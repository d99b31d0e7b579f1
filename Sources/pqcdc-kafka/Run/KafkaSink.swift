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
    /// nil where no rule does anything but stop at a record that is too large.
    private let limits: TopicLimits?
    private var topics: [(handle: Topic, limit: Int?)] = []
    private var numbers: [String: Int] = [:]
    /// The topics that the cluster last said it has, and when.
    private var listed: (names: Set<String>, at: ContinuousClock.Instant)?

    /// For how long a topic that was listed counts as there. The list is as long as the cluster has topics; many new tables
    /// in a row do not ask for it again each.
    private static let listLifetime = Duration.seconds(10)

    /// What a record's batch of one adds to its bytes at most, with a few headers.
    /// <https://kafka.apache.org/documentation/#recordbatch>
    private static let overhead = 128

    init(
        producer: Producer, observer: DeliveryReports, session: Session, stateTopic: StateTopic?,
        isFenced: Bool, mayCreateTopics: Bool, limits: TopicLimits?
    ) {
        self.producer = producer
        self.session = session
        self.stateTopic = stateTopic
        self.isFenced = isFenced
        self.observer = observer
        self.mayCreateTopics = mayCreateTopics
        self.limits = limits
    }

    nonisolated(nonsending) func openTopic(_ name: String) async throws(PipelineError) -> Int {
        if let number = numbers[name] { return number }
        if !mayCreateTopics { try await expectTopic(name) }
        let limit = await limits?.limit(of: name)
        let number = topics.count
        observer.willReport(topic: name, number: number)
        do {
            topics.append((try producer.openTopic(name, number: number), limit))
        } catch {
            throw .sink(SinkFailure(error))
        }
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
            if let limit = topic.limit, record.byteCount + Self.overhead > limit {
                return .refused(index, Self.tooLarge(topic.handle.name, limit: limit))
            }
            switch produce(record, to: topic.handle, bytes, batch) {
            case .accepted: break
            case .queueFull: return .queueFull(index)
            case .refused(let error):
                guard let kind = error.isOfOneRecord else { throw .sink(SinkFailure(error)) }
                return .refused(index, SinkRefusal(kind, SinkFailure(error)))
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

    /// librdkafka has the brokers create what it produces to, whatever the configuration says; so we look first.
    private nonisolated(nonsending) func expectTopic(_ name: String) async throws(PipelineError) {
        if let listed, listed.names.contains(name), ContinuousClock.now - listed.at < Self.listLifetime { return }
        let producer = producer
        let names = try await DedicatedThread.run(name: "kafka-topics") { () throws(PipelineError) in
            do throws(KafkaError) {
                return try producer.topicNames(timeout: .seconds(30))
            } catch {
                throw .sink(SinkFailure(error))
            }
        }
        listed = (names, .now)
        if !names.contains(name) { throw .topicMissing(name) }
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
    private static func tooLarge(_ topic: String, limit: Int) -> SinkRefusal {
        let code: Int32 = 10  // MSG_SIZE_TOO_LARGE
        return SinkRefusal(
            .tooLarge,
            SinkFailure(
                "could not produce to topic \"\(topic)\": the record is larger than its max.message.bytes, \(limit)",
                code: code))
    }
}

extension KafkaError {
    /// Why one record is refused while others are taken; nil where all would be.
    fileprivate var isOfOneRecord: SinkRefusal.Kind? {
        switch code {
        case 10: .tooLarge  // MSG_SIZE_TOO_LARGE
        case -190: .noSuchPartition  // _UNKNOWN_PARTITION
        default: nil
        }
    }
}

extension SinkFailure {
    init(_ error: KafkaError) {
        self.init(error.description, code: error.code, isFatal: error.isFatal)
    }
}
