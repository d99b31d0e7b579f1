import Glibc
import TestSupport

/// A PostgreSQL and a Kafka of our own, and the daemon to put between them.
final class Rig {
    static let database = "bench"

    let binary: String
    let server: PostgresServer
    let kafka: any KafkaCluster
    /// The mock cluster, where it is one: it can be stopped.
    let mock: MockKafka?
    let session: SQLSession
    let partitions: Int
    /// Lines of the daemon's `kafka.properties`.
    private let properties: [String]
    private let offsets: TopicOffsets

    init(binary: String, kafka kind: KafkaKind, partitions: Int, properties: [String]) throws {
        self.properties = properties
        self.binary = binary
        self.partitions = partitions
        progress("starting PostgreSQL and Kafka")
        server = try PostgresServer(settings: [
            // What is measured is decoding: the whole load stays in memory, and nothing else runs beside it.
            "shared_buffers": "256MB", "max_wal_size": "64GB", "checkpoint_timeout": "1h", "autovacuum": "off",
            "max_slot_wal_keep_size": "-1",
        ])
        try server.start()
        switch kind {
        case .mock:
            let mock = try MockKafka()
            (kafka, self.mock) = (mock, mock)
        case .broker, .external: (kafka, mock) = (try kind.shared(), nil)
        }
        offsets = try TopicOffsets(kafka.bootstrapServers)
        try server.session().execute("CREATE DATABASE \(Self.database)")
        session = try server.session(database: Self.database)
    }

    var kafkaDescription: String {
        switch kafka.kind {
        case .mock: "librdkafka's mock cluster over TCP"
        case .broker: "one Apache Kafka node"
        case .external: "an external cluster"
        }
    }

    func host(_ route: Route) -> String { route == .tcp ? "127.0.0.1" : server.socketFolder }

    /// Copies the slot, for one run.
    func copySlot(_ source: String) throws -> String {
        let name = UniqueName.next("run")
        try session.execute("SELECT pg_copy_logical_replication_slot('\(source)', '\(name)')")
        return name
    }

    /// Drops the slot, as soon as its walsender has ended.
    func dropSlot(_ name: String) throws {
        try eventually(within: .seconds(60), "the end of slot \(name)'s walsender") {
            try session.execute("SELECT pg_drop_replication_slot('\(name)')")
            return true
        }
    }

    /// How many records the topic's partitions have taken since they were made, kept or not.
    func recordCount(_ topic: String) throws -> Int { try offsets.sum(topic, partitions: partitions(of: topic)) }

    func createTopic(_ name: String, partitions: Int? = nil) throws {
        try kafka.createTopic(name, partitions: partitions ?? self.partitions, config: [:])
        partitionCounts[name] = partitions ?? self.partitions
    }

    private var partitionCounts: [String: Int] = [:]
    private func partitions(of topic: String) -> Int { partitionCounts[topic] ?? partitions }

    /// The daemon's configuration: everything at its default but for what must be said.
    ///
    /// - Parameter others: further tables, each with a topic of its own.
    func configuration(
        _ route: Route, slot: String, publication: String, tables: [String], topic: String,
        others: [String: String] = [:], cdc: [String] = [], kafka lines: [String] = [], extra: String = ""
    ) throws -> String {
        let topics = tables.map { ($0, topic) } + others.sorted { $0.key < $1.key }
        let mapping = topics.map { "    public.\($0): \($1)\n" }.joined()
        return """
            \(extra)
            cdc:
              host: \(host(route))
              port: \(server.port)
              username: \(PostgresServer.superuser)
              password: \(PostgresServer.superuserPassword)
              database: \(Self.database)
              publication: {name: \(publication)}
              slot: {name: \(slot)}
              metric: {port: \(try FreePort.next())}
              logger: {level: warn}
              \(cdc.joined(separator: "\n  "))
            kafka:
              brokers: ["\(kafka.bootstrapServers)"]
              properties: {\(properties.joined(separator: ", "))}
              \(lines.joined(separator: "\n  "))
              tableTopicMapping:
            \(mapping)
            """
    }
}
