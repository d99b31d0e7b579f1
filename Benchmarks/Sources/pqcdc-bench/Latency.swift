import ArgumentParser
import CLibrdkafka
import Figures
import Glibc
import TestSupport

struct Latency: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Time from a commit to its record's arrival at a consumer, at a steady rate of small transactions.",
        discussion: """
            One writer commits single-row transactions over the Unix socket, each at its own time; the clock starts when \
            COMMIT has returned. A consumer on the same host notes when the record arrives, which is after the broker \
            has it, and so later than the delivery report by the consumer's own fetch. The mock cluster answers an \
            empty fetch only after the consumer's longest wait, here 1 ms.
            """)

    @OptionGroup var rigOptions: RigOptions
    @Option(help: "Transactions a second.") var rate = 2000
    @Option(help: "Seconds to measure for.") var seconds = 20

    func run() throws {
        let rig = try rigOptions.rig()
        let (slot, publication) = try rig.emptyTable("latency", partitions: 1)
        print("\(try Machine.description(rig)).\n")
        let daemon = try RunningDaemon(
            rig, .tcp, slot: slot, publication: publication, tables: ["latency"], topic: "bench.latency")
        try daemon.waitUntilReady()
        let bare = try bareDelay(rig)
        let warmUp = rate * 2
        let count = rate * seconds + warmUp
        let consumer = try ArrivalConsumer(rig.kafka.bootstrapServers, topic: "bench.latency", count: count)
        let writer = try rig.server.session(database: Rig.database)
        try writer.execute("PREPARE put (int) AS INSERT INTO latency VALUES ($1, $1 % 1000, 'customer name')")
        let arrivals = consumer.start()
        var commits = [Int64](repeating: 0, count: count)
        var cpuBefore = 0.0
        let start = Self.now
        var late = 0
        for index in 0..<count {
            let due = start + Int64(index) * 1_000_000_000 / Int64(rate)
            let left = due - Self.now
            if left > 0 { usleep(useconds_t(left / 1000)) } else if left < -5_000_000 { late += 1 }
            if index == warmUp { cpuBefore = daemon.figures.cpuSeconds ?? .nan }
            try writer.execute("EXECUTE put(\(index))")
            commits[index] = Self.now
        }
        let cpu = (daemon.figures.cpuSeconds ?? .nan) - cpuBefore
        let took = Double(Self.now - start) / 1e9
        let times = try arrivals.wait()
        try daemon.stop()
        let delays = (warmUp..<count).map { Double(times[$0] - commits[$0]) / 1e6 }
        print(
            """
            \((count - warmUp).grouped) transactions at \(Int(Double(count) / took).grouped) a second; \
            \(late.grouped) were begun more than 5 ms late.

            | commit to arrival | ms | target |
            |---|---:|---:|
            | p50 | \(delays.percentile(0.5).fixed(2)) | 5 |
            | p90 | \(delays.percentile(0.9).fixed(2)) | |
            | p99 | \(delays.percentile(0.99).fixed(2)) | 20 |
            | p99.9 | \(delays.percentile(0.999).fixed(2)) | |
            | most | \((delays.max() ?? .nan).fixed(2)) | |
            | for comparison: a bare producer's call to arrival, p50 | \(bare.fixed(2)) | |
            | daemon's CPU, s per million transactions \
            | \((cpu / Double(count - warmUp) * 1e6).fixed(1)) | |
            """)
    }

    /// How long a record takes from a bare librdkafka producer, one record at a time and without linger, to the consumer,
    /// in ms: what Kafka and this measurement add to the daemon's own delay. The median.
    private func bareDelay(_ rig: Rig) throws -> Double {
        let topic = "bench.bare"
        try rig.createTopic(topic, partitions: 1)
        let count = 500
        let arrivals = try ArrivalConsumer(rig.kafka.bootstrapServers, topic: topic, count: count).start()
        let producer = try RecordProducer(rig.kafka.bootstrapServers)
        var sent: [Int64] = []
        for index in 0..<count {
            sent.append(Self.now)
            try producer.send(topic: topic, key: "\(index)", value: "")
            // Not in step with the consumer's fetches.
            usleep(useconds_t.random(in: 1000...3000))
        }
        let times = try arrivals.wait()
        return zip(times, sent).map { Double($0 - $1) / 1e6 }.median
    }

    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// Notes when each record of a topic's only partition arrives. The records' keys are the numbers from 0 on.
///
/// `@unchecked Sendable`: until `done` is posted its thread alone touches what changes.
final class ArrivalConsumer: @unchecked Sendable {
    private let client: OpaquePointer
    private let count: Int
    private var times: [Int64]
    private var received = 0
    private let done = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init(_ bootstrapServers: String, topic: String, count: Int) throws {
        let configuration = rd_kafka_conf_new()
        for (name, value) in [
            ("bootstrap.servers", bootstrapServers), ("group.id", "bench"), ("enable.auto.commit", "false"),
            ("fetch.wait.max.ms", "1"), ("auto.offset.reset", "earliest"), ("log_level", "2"),
        ] {
            rd_kafka_conf_set(configuration, name, value, nil, 0)
        }
        guard let client = rd_kafka_new(RD_KAFKA_CONSUMER, configuration, nil, 0) else {
            throw Failure("could not create a consumer")
        }
        rd_kafka_poll_set_consumer(client)
        let list = rd_kafka_topic_partition_list_new(1)
        defer { rd_kafka_topic_partition_list_destroy(list) }
        rd_kafka_topic_partition_list_add(list, topic, 0)?.pointee.offset = Int64(RD_KAFKA_OFFSET_BEGINNING)
        rd_kafka_assign(client, list)
        self.client = client
        self.count = count
        times = [Int64](repeating: 0, count: count)
        sem_init(done, 0, 0)
    }

    /// Begins to receive, on a thread of its own.
    func start() -> ArrivalConsumer {
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { argument in
                Unmanaged<ArrivalConsumer>.fromOpaque(argument!).takeRetainedValue().receive()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        pthread_detach(thread)
        return self
    }

    /// When each record arrived, on the monotonic clock, once all have.
    func wait() throws -> [Int64] {
        var deadline = timespec()
        clock_gettime(CLOCK_REALTIME, &deadline)
        deadline.tv_sec += 30
        guard sem_timedwait(done, &deadline) == 0 else {
            throw Failure("not all records had arrived 30 s after the last commit")
        }
        return times
    }

    private func receive() {
        while received < count {
            guard let message = rd_kafka_consumer_poll(client, 100) else { continue }
            defer { rd_kafka_message_destroy(message) }
            let now = Latency.now
            guard message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR, let key = message.pointee.key else { continue }
            let text = String(
                decoding: UnsafeRawBufferPointer(start: key, count: message.pointee.key_len), as: UTF8.self)
            if let index = Int(text), times.indices.contains(index), times[index] == 0 {
                times[index] = now
                received += 1
            }
        }
        sem_post(done)
    }
}
