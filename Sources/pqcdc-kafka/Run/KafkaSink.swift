import Kafka
import LinuxSupport
import Pipeline
import RowMapping

/// Kafka, as one session's batcher sees it.
final class KafkaSink: RecordSink {
    private let producer: Producer
    private let observer: DeliveryReports
    private let mayCreateTopics: Bool
    private var topics: [Topic] = []
    private var numbers: [String: Int] = [:]

    init(producer: Producer, observer: DeliveryReports, mayCreateTopics: Bool) {
        self.producer = producer
        self.observer = observer
        self.mayCreateTopics = mayCreateTopics
    }

    nonisolated(nonsending) func openTopic(_ name: String) async throws(PipelineError) -> Int {
        if let number = numbers[name] { return number }
        if !mayCreateTopics { try await expectTopic(name) }
        let number = topics.count
        observer.willReport(topic: name, number: number)
        do {
            topics.append(try producer.openTopic(name, number: number))
        } catch {
            throw .sink(SinkFailure(error))
        }
        numbers[name] = number
        return number
    }

    func send(_ records: borrowing RecordBatch, from first: Int, batch: UInt64) throws(PipelineError) -> Int {
        let bytes = UnsafeRawPointer(records.bytes)
        for index in first..<records.count {
            let record = records[index]
            let outcome = producer.produce(
                topics[record.topic], key: Self.slice(bytes, record.keyOffset, record.keyLength),
                value: Self.slice(bytes, record.valueOffset, record.valueLength), batch: batch)
            switch outcome {
            case .accepted: break
            case .queueFull: return index
            case .refused(let error): throw .sink(SinkFailure(error))
            }
        }
        return records.count
    }

    nonisolated(nonsending) func close() async {
        topics.removeAll()
        // Ending the client's threads may take as long as a broker's connection attempt.
        let producer = producer
        await DedicatedThread.run(name: "kafka-close") { producer.close() }
    }

    /// librdkafka has the brokers create what it produces to, whatever the configuration says; so we look first.
    private nonisolated(nonsending) func expectTopic(_ name: String) async throws(PipelineError) {
        let producer = producer
        let names = try await DedicatedThread.run(name: "kafka-topics") { () throws(PipelineError) in
            do throws(KafkaError) {
                return try producer.topicNames(timeout: .seconds(30))
            } catch {
                throw .sink(SinkFailure(error))
            }
        }
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

extension SinkFailure {
    init(_ error: KafkaError) {
        self.init(error.description, code: error.code, isFatal: error.isFatal)
    }
}
