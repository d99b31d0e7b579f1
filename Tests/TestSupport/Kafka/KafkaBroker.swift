import Glibc

/// A private Apache Kafka node: KRaft, broker and controller in one, on loopback, in a temporary folder.
public final class KafkaBroker: KafkaCluster {
    public let kind = KafkaKind.broker
    /// Where it listens.
    public let port: UInt16
    public let bootstrapServers: String
    private let folder: String
    private let process = Monitor<ChildProcess?>(nil)

    /// Formats the node's storage; `settings` win over the harness's own.
    ///
    /// To put a ``TCPRelay`` in front, choose the port and set `advertised.listeners` to the relay.
    public init(port chosen: UInt16? = nil, settings: [String: String] = [:]) throws {
        port = try chosen ?? FreePort.next()
        bootstrapServers = "127.0.0.1:\(port)"
        folder = try Workspace.shared.makeFolder("kafka")
        let properties = Self.properties(port: port, controllerPort: try FreePort.next(), folder: folder)
            .merging(settings) { _, given in given }
        try TextFile.write(
            properties.sorted { $0.key < $1.key }.map { "\($0)=\($1)\n" }.joined(),
            to: "\(folder)/server.properties")
        // Any 16 bytes in Base64 are a cluster's name; this one saves a start of the JVM to make one up.
        let result = try ChildProcess.run(
            "\(KafkaDistribution.home)/bin/kafka-storage.sh",
            ["format", "-t", "cHFjZGMtdGVzdC1rYWZrYQ", "-c", "\(folder)/server.properties"],
            environment: KafkaDistribution.environment(folder: folder))
        guard result.status.isSuccess else {
            throw HarnessError("could not format the broker's storage:\n\(result.output)\n\(result.errors)")
        }
    }

    deinit {
        process.withLock { process in
            process?.kill9()
            _ = try? process?.waitForExit(within: .seconds(60))
            process = nil
        }
        Workspace.shared.removeFolder(folder)
    }

    public var isRunning: Bool { process.withLock { $0?.isRunning ?? false } }

    /// Starts the node and returns when it serves.
    public func start(within limit: Duration = .seconds(60)) throws {
        try launch()
        try awaitStart(within: limit)
    }

    /// Starts the node, which may need others to serve.
    func launch() throws {
        let started = try ChildProcess(
            "\(KafkaDistribution.home)/bin/kafka-server-start.sh", ["\(folder)/server.properties"],
            environment: KafkaDistribution.environment(folder: folder), folder: folder)
        process.withLock { $0 = started }
    }

    /// Waits until the node serves.
    func awaitStart(within limit: Duration = .seconds(60)) throws {
        guard let started = process.withLock({ $0 }) else { throw HarnessError("the broker was not launched") }
        guard started.output.line(where: { $0.contains("Kafka Server started") }, within: limit) != nil else {
            let last = started.output.lines.suffix(30).joined(separator: "\n")
            throw HarnessError("the broker did not start within \(limit):\n\(last)\n\(started.errors.text)")
        }
    }

    /// Stops the node in an orderly way.
    public func stop(within limit: Duration = .seconds(60)) throws {
        guard let process = process.withLock({ $0 }) else { return }
        process.send(SIGTERM)
        try process.waitForExit(within: limit)
    }

    /// Ends the node as a crash would.
    public func kill9() throws {
        guard let process = process.withLock({ $0 }) else { return }
        process.kill9()
        try process.waitForExit(within: .seconds(60))
    }

    /// Stops it where it is: connections stay open and nothing answers.
    public func pause() { process.withLock { $0?.pause() } }

    /// Lets a paused node go on.
    public func resume() { process.withLock { $0?.resume() } }

    public func createTopic(_ name: String, partitions: Int, config: [String: String]) throws {
        try TopicAdmin(bootstrapServers).create(name, partitions: partitions, config: config)
    }

    private static func properties(port: UInt16, controllerPort: UInt16, folder: String) -> [String: String] {
        [
            "process.roles": "broker,controller",
            "node.id": "1",
            "listeners": "PLAINTEXT://127.0.0.1:\(port),CONTROLLER://127.0.0.1:\(controllerPort)",
            "advertised.listeners": "PLAINTEXT://127.0.0.1:\(port)",
            "listener.security.protocol.map":
                "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL",
            "controller.listener.names": "CONTROLLER",
            "controller.quorum.voters": "1@127.0.0.1:\(controllerPort)",
            // After a crash a node cannot register again before its old session has run out, by default 9 s.
            "broker.session.timeout.ms": "2000",
            "broker.heartbeat.interval.ms": "500",
            "log.dirs": "\(folder)/data",
            "auto.create.topics.enable": "true",
            "num.partitions": "1",
            "offsets.topic.replication.factor": "1",
            // One partition of each internal topic: 50 apiece, the default, are most of the first use's seconds.
            "offsets.topic.num.partitions": "1",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "transaction.state.log.num.partitions": "1",
            "group.initial.rebalance.delay.ms": "0",
            // Of the 256 MB of heap, the log cleaner would take 128.
            "log.cleaner.dedupe.buffer.size": "16777216",
        ]
    }
}
