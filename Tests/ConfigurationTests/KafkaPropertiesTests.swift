import Configuration
import Testing

@Suite struct KafkaPropertiesTests {
    private func properties(_ kafka: String) throws -> [String: String] {
        let result = Sample.load(Sample.text(kafka: kafka))
        let settings = try #require(result.settings, "\(result.rendered)")
        return Dictionary(
            uniqueKeysWithValues: settings.kafka.properties.map { property in
                switch property.value {
                case .plain(let text): (property.name, text)
                case .secret(let secret): (property.name, "secret " + secret.reveal())
                }
            })
    }

    @Test func ourKeysComeToTheirProperties() throws {
        let properties = try properties("readTimeout: 1m1ms\nmetadataTTL: 90s")
        #expect(properties["socket.timeout.ms"] == "60001")
        #expect(properties["topic.metadata.refresh.interval.ms"] == "90000")
        #expect(properties["security.protocol"] == nil)
    }

    @Test(
        arguments: [
            ("secureConnection: true", "ssl", nil),
            ("scramUsername: u\nscramPassword: p", "sasl_plaintext", "secret p"),
            ("secureConnection: true\nscramUsername: u\nscramPassword: p", "sasl_ssl", "secret p"),
        ] as [(String, String, String?)])
    func tlsAndScramChooseTheProtocol(_ kafka: String, _ name: String, _ password: String?) throws {
        let properties = try properties(kafka)
        #expect(properties["security.protocol"] == name)
        #expect(properties["sasl.password"] == password)
        #expect(properties["sasl.mechanisms"] == (password == nil ? nil : "SCRAM-SHA-512"))
    }

    @Test func authoritiesAreAPathOrTheirText() throws {
        let pem = "-----BEGIN CERTIFICATE-----"
        #expect(
            try properties("secureConnection: true\nrootCA: /etc/ca.pem")["ssl.ca.location"] == "/etc/ca.pem")
        #expect(try properties("secureConnection: true\nrootCA: \(pem)1")["ssl.ca.pem"] == pem + "1")
        try Folders.withTemporary(files: ["inter.pem": pem + "2\n"]) { folder in
            let properties = try properties(
                "secureConnection: true\nrootCA: \(pem)1\ninterCA: \(folder)/inter.pem")
            #expect(properties["ssl.ca.pem"] == "\(pem)1\n\(pem)2\n")
            #expect(properties["ssl.ca.location"] == nil)
        }
    }

    @Test func aPropertyOfTheFileReplacesOurDefaultAndIsPassedAsItIs() throws {
        let properties = try properties(
            "properties: {socket.timeout.ms: 5000, linger.ms: 7, socket.keepalive.enable: true, ssl.curves.list: ''}")
        #expect(properties["socket.timeout.ms"] == "5000")
        #expect(properties["linger.ms"] == "7")
        #expect(properties["socket.keepalive.enable"] == "true")
        #expect(properties["ssl.curves.list"] == "")
    }

    @Test(arguments: [
        "enable.idempotence: false", "acks: 1", "request.required.acks: 0", "message.timeout.ms: 5000",
        "delivery.timeout.ms: 5000", "retries: 3", "message.send.max.retries: 2147483647", "transactional.id: x",
        "transaction.timeout.ms: 60000", "isolation.level: read_uncommitted",
        "bootstrap.servers: a", "metadata.broker.list: a", "max.in.flight: 6",
        "max.in.flight.requests.per.connection: 0",
        "client.id: x", "partitioner: murmur2", "compression.codec: lz4", "compression.type: lz4", "dr_msg_cb: x",
        "enabled_events: 1", "allow.auto.create.topics: true", "queuing.strategy: lifo",
        "delivery.report.only.error: true", "queue.buffering.max.messages: 1",
    ])
    func whatDeliveryRestsOnCannotBeChanged(_ property: String) {
        let result = Sample.load(Sample.text(kafka: "properties: {\(property)}"))
        #expect(result.settings == nil)
        #expect(result.errors.count == 1)
        #expect(result.errors[0].hasPrefix("kafka.properties cannot set "))
    }

    @Test(arguments: [
        "acks: all", "acks: -1", "enable.idempotence: true", "message.timeout.ms: 0", "max.in.flight: 5",
        "isolation.level: read_committed",
    ])
    func aPropertyThatAgreesWithOursIsAccepted(_ property: String) {
        #expect(Sample.load(Sample.text(kafka: "properties: {\(property)}")).settings != nil)
    }

    @Test(arguments: [
        "readTimeout: 1s\nproperties: {socket.timeout.ms: 1}",
        "secureConnection: true\nproperties: {security.protocol: ssl}",
        "scramUsername: u\nscramPassword: p\nproperties: {sasl.mechanism: PLAIN}",
        "properties: {linger.ms: 1, queue.buffering.max.ms: 2}",
    ])
    func aPropertyGivenInTwoPlacesIsRefused(_ kafka: String) {
        let result = Sample.load(Sample.text(kafka: kafka))
        #expect(result.errors.count == 1)
        #expect(result.errors.first?.contains(" sets too") == true)
    }

    @Test(arguments: [
        ("0", KafkaSettings.Compression.none), ("1", .gzip), ("2", .snappy), ("3", .lz4), ("4", .zstd), ("Zstd", .zstd),
    ])
    func compressionIsANumberOrAName(_ text: String, _ compression: KafkaSettings.Compression) {
        #expect(Sample.load(Sample.text(kafka: "compression: \(text)")).settings?.kafka.compression == compression)
    }

    @Test func brokersMayComeFromOneVariable() throws {
        let result = Sample.load(
            Sample.text().replacing("[localhost:9092]", with: "${BROKERS}"), environment: ["BROKERS": "a:1, b:2"])
        #expect(result.settings?.kafka.brokers == ["a:1", "b:2"])
    }
}
