import Glibc

/// librdkafka's mock cluster, hosted by the built `pqcdc-mock-kafka`, with its outages at hand.
///
/// It keeps 5 MiB a partition, returns aborted records, and loses all with its process.
public final class MockKafka: KafkaCluster {
    public let kind = KafkaKind.mock
    public let bootstrapServers: String
    private let process: ChildProcess
    /// How many lines have been taken from its output; held during a command, so that answers find their asker.
    private let answersRead = Monitor(1)

    public init(brokers: Int = 1, topics: [(name: String, partitions: Int)] = []) throws {
        let arguments = ["--brokers", "\(brokers)"] + topics.flatMap { ["--topic", "\($0.name):\($0.partitions)"] }
        process = try ChildProcess(try BuiltProducts.path(of: "pqcdc-mock-kafka"), arguments)
        let prefix = "bootstrap.servers="
        guard let line = process.output.line(where: { $0.hasPrefix(prefix) }, within: .seconds(10)) else {
            throw HarnessError("the mock cluster did not start: \(process.errors.text)")
        }
        bootstrapServers = String(line.dropFirst(prefix.count))
    }

    public func createTopic(_ name: String, partitions: Int, config: [String: String]) throws {
        try command("create \(name) \(partitions)")
    }

    /// Closes the connections of a broker, or of all, and refuses further ones.
    public func takeDown(broker: Int? = nil) throws {
        try command("down \(broker ?? -1)")
    }

    /// Accepts connections again.
    public func bringUp(broker: Int? = nil) throws {
        try command("up \(broker ?? -1)")
    }

    /// Stops it where it is: connections stay open and nothing answers.
    public func pause() { process.pause() }

    /// Lets a paused cluster go on.
    public func resume() { process.resume() }

    /// Delays every answer.
    public func setRoundTripTime(milliseconds: Int, broker: Int? = nil) throws {
        try command("rtt \(milliseconds) \(broker ?? -1)")
    }

    /// Fails the next requests of a kind (produce is 0) with a protocol error, or, with librdkafka's -195, by
    /// closing their connection.
    ///
    /// With a protocol error it may lose or reorder records by itself, unless one request is under way at a time: it looks
    /// at no sequence numbers, and takes the requests behind a refused one.
    public func failRequests(apiKey: Int, error: Int, count: Int) throws {
        try command("error \(apiKey) \(error) \(count)")
    }

    /// Moves a partition to a broker; nil leaves it without a leader.
    public func setLeader(topic: String, partition: Int, broker: Int?) throws {
        try command("leader \(topic) \(partition) \(broker ?? -1)")
    }

    private func command(_ command: String) throws {
        try answersRead.withLock { count in
            try process.writeLine(command)
            guard let answer = process.output.line(where: { _ in true }, from: count, within: .seconds(10)) else {
                throw HarnessError("the mock cluster did not answer \"\(command)\": \(process.errors.text)")
            }
            count += 1
            guard answer == "ok" else { throw HarnessError("the mock cluster refused \"\(command)\": \(answer)") }
        }
    }
}
