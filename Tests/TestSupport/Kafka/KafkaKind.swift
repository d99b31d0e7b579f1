/// What can stand behind a ``KafkaCluster``.
public enum KafkaKind: String, CaseIterable, Sendable {
    /// librdkafka's mock cluster in a process of its own: no transactions, authentication or admin API.
    case mock
    /// A private Apache Kafka node from the distribution in KAFKA_HOME (default /opt/kafka).
    case broker
    /// The cluster whose bootstrap list is in PQCDC_TEST_KAFKA.
    case external

    /// The kinds that can run here. What cannot is said once, on standard output.
    public static let available: [KafkaKind] = allCases.filter { kind in
        guard let reason = kind.reasonMissing else { return true }
        LeftOut.say("\(kind.consequence): \(reason)")
        return false
    }

    /// The kinds that keep Kafka's whole promise, transactions included.
    public static var real: [KafkaKind] { available.filter { $0 != .mock } }

    public var isAvailable: Bool { Self.available.contains(self) }

    /// The one cluster of this kind that all tests share; it starts on first use.
    public func shared() throws -> any KafkaCluster {
        switch self {
        case .mock: try Self.sharedMock.get()
        case .broker: try Self.sharedBroker.get()
        case .external: try Self.sharedExternal.get()
        }
    }

    private static let sharedMock = Result { try MockKafka() }
    private static let sharedExternal = Result { try ExternalKafka() }
    private static let sharedBroker = Result {
        let broker = try KafkaBroker()
        try broker.start()
        return broker
    }

    private var reasonMissing: String? {
        switch self {
        case .mock: nil
        case .broker: KafkaDistribution.reasonMissing
        case .external: ExternalKafka.address == nil ? "PQCDC_TEST_KAFKA is not set" : nil
        }
    }

    private var consequence: String {
        switch self {
        case .mock: "the mock cluster"
        case .broker: "tests on a private real broker (transactions, admin API, broker restarts)"
        case .external: "tests on an external cluster"
        }
    }
}
