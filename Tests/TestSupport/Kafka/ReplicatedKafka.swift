/// Three private Apache Kafka nodes, each broker and controller: what is written stands on all three, and needs two.
public final class ReplicatedKafka: KafkaCluster {
    public let kind = KafkaKind.broker
    public let bootstrapServers: String
    public let brokers: [KafkaBroker]

    /// Makes the nodes and returns when all of them serve.
    public init() throws {
        let ports = try (0..<3).map { _ in (broker: try FreePort.next(), controller: try FreePort.next()) }
        let voters = ports.enumerated().map { "\($0 + 1)@127.0.0.1:\($1.controller)" }.joined(separator: ",")
        let replicated = [
            "controller.quorum.voters": voters, "default.replication.factor": "3", "min.insync.replicas": "2",
            "offsets.topic.replication.factor": "3", "transaction.state.log.replication.factor": "3",
            "transaction.state.log.min.isr": "2",
        ]
        // Each is a JVM that formats its storage: side by side.
        let made = Monitor<[Int: Result<KafkaBroker, any Error>]>([:])
        for (index, port) in ports.enumerated() {
            startThread {
                let result = Result {
                    try KafkaBroker(
                        port: port.broker,
                        settings: replicated.merging([
                            "node.id": "\(index + 1)",
                            "listeners":
                                "PLAINTEXT://127.0.0.1:\(port.broker),CONTROLLER://127.0.0.1:\(port.controller)",
                        ]) { $1 })
                }
                made.withLock { $0[index] = result }
            }
        }
        let results = made.wait(until: Deadline(in: .seconds(60))) { $0.count == 3 ? $0 : nil }
        guard let results else { throw HarnessError("three brokers were not made within a minute") }
        brokers = try (0..<3).map { try results[$0]!.get() }
        bootstrapServers = brokers.map(\.bootstrapServers).joined(separator: ",")
        // None serves before two are there.
        for broker in brokers { try broker.launch() }
        for broker in brokers { try broker.awaitStart() }
    }

    public func createTopic(_ name: String, partitions: Int, config: [String: String]) throws {
        try TopicAdmin(bootstrapServers).create(name, partitions: partitions, replicas: 3, config: config)
    }

    /// Waits until every partition of the topics is on all three brokers, so that one of them may go.
    public func waitUntilInSync(_ topics: [String], within limit: Duration = .seconds(60)) throws {
        let admin = try TopicAdmin(bootstrapServers)
        try eventually(within: limit, "three replicas in sync") { try admin.leastInSync(topics) == 3 }
    }
}
