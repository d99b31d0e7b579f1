/// The cluster that PQCDC_TEST_KAFKA names: somebody else's, so nothing but topics is made on it.
public final class ExternalKafka: KafkaCluster {
    static var address: String? { Environment.value("PQCDC_TEST_KAFKA") }

    public let kind = KafkaKind.external
    public let bootstrapServers: String

    public init() throws {
        guard let address = Self.address else { throw HarnessError("PQCDC_TEST_KAFKA is not set") }
        bootstrapServers = address
    }

    public func createTopic(_ name: String, partitions: Int, config: [String: String]) throws {
        try TopicAdmin(bootstrapServers).create(name, partitions: partitions, config: config)
    }
}
