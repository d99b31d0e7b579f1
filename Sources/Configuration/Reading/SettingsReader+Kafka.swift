extension SettingsReader {
    /// The `kafka` section.
    func kafka() -> KafkaSettings {
        let kafka = file.section("kafka")
        checkDelivery(kafka)
        let properties = properties(kafka)
        checkSchemes(kafka, properties)
        return KafkaSettings(
            brokers: brokers(kafka), clientID: kafka.requiredText("clientID"),
            producerBatchSize: kafka.integer("producerBatchSize"),
            producerBatchBytes: kafka.byteSize("producerBatchBytes"),
            producerBatchTickerDuration: kafka.duration("producerBatchTickerDuration"),
            compression: kafka.choice("compression", as: KafkaSettings.Compression.self) ?? .none,
            allowAutoTopicCreation: kafka.boolean("allowAutoTopicCreation"), partitioner: partitioner(kafka),
            delivery: delivery(kafka), stateTopic: stateTopic, exactlyOnce: exactlyOnce(kafka.section("exactlyOnce")),
            properties: properties.inOrder, owners: properties.owners)
    }

    /// A list, or one text with commas, which is what fits into an environment variable.
    private func brokers(_ kafka: CheckedSection) -> [String] {
        guard let items = kafka.list("brokers") else { return [] }
        if items.isEmpty {
            collector.error("kafka.brokers is empty", at: kafka.position(of: "brokers"))
        }
        var brokers: [String] = []
        for item in items {
            for part in item.text.split(separator: ",", omittingEmptySubsequences: false) {
                let address = String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
                if let problem = BrokerAddressText.problem(address) {
                    collector.error("kafka.brokers \(problem)", at: item.position)
                }
                brokers.append(address)
            }
        }
        return brokers
    }

    /// Reports a scheme that librdkafka does not know, or one that is not what `security.protocol` comes to: it would leave
    /// the address out, or try for ever.
    private func checkSchemes(_ kafka: CheckedSection, _ properties: LibrdkafkaProperties) {
        let spoken = (properties.plainValue(of: "security.protocol") ?? "plaintext").lowercased()
        for item in kafka.list("brokers") ?? [] {
            for part in item.text.split(separator: ",") {
                guard let scheme = BrokerAddressText.scheme(String(part)) else { continue }
                if !["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"].contains(scheme) {
                    collector.error(
                        "kafka.brokers has a scheme that is none of Kafka's", at: item.position,
                        note: "write host:port; secureConnection and the SASL keys say how to talk")
                } else if scheme != spoken {
                    collector.error(
                        "kafka.brokers asks for \(scheme.uppercased()), and the file comes to \(spoken.uppercased())",
                        at: item.position,
                        note: "write host:port; secureConnection and the SASL keys say how to talk")
                }
            }
        }
    }

    private func partitioner(_ kafka: CheckedSection) -> String {
        guard let balancer = kafka.choice("balancer", as: Balancer.self) else { return "murmur2_random" }
        if let refusal = balancer.refusal {
            collector.error(
                "kafka.balancer cannot be kept: \(refusal)", at: kafka.position(of: "balancer"),
                note: "use Hash, Murmur2Balancer or CRC32Balancer, and new topics")
        }
        return balancer.partitioner ?? "murmur2_random"
    }

    private func properties(_ kafka: CheckedSection) -> LibrdkafkaProperties {
        var properties = LibrdkafkaProperties()
        properties.setDefault(
            "socket.timeout.ms", to: milliseconds(kafka.duration("readTimeout")), for: "readTimeout", in: kafka)
        properties.setDefault(
            "topic.metadata.refresh.interval.ms", to: milliseconds(kafka.duration("metadataTTL")), for: "metadataTTL",
            in: kafka)
        if let limit = kafka.givenByteSize("maxMessageBytes") {
            properties.setDefault("message.max.bytes", to: "\(limit)", for: "maxMessageBytes", in: kafka)
        } else if kafka.givenBoolean("skipOversizedMessages") == true {
            properties.setDefault("message.max.bytes", to: "\(1 << 20)", for: "maxMessageBytes", in: kafka)
        }
        secureConnection(kafka, &properties)

        for entry in kafka.section("properties").entries {
            guard case .text(let value) = entry.value else { continue }
            if let reason = LibrdkafkaProperty.conflict(entry.name, value: value) {
                collector.error(
                    "kafka.properties cannot set \(KeyChecker.quoted(entry.name)): \(reason)", at: entry.keyPosition)
            } else if let owner = properties.owner(of: entry.name) {
                collector.error(
                    "kafka.properties sets \(KeyChecker.quoted(entry.name)), which \(owner) sets too",
                    at: entry.keyPosition, note: "give one of them")
            } else if let reason = machine?.property(entry.name, value) {
                collector.error(
                    "kafka.properties sets \(KeyChecker.quoted(entry.name)): \(KeyChecker.printable(reason, limit: 300))",
                    at: entry.keyPosition)
            } else {
                // `probe` has librdkafka look in the usual places.
                if LibrdkafkaProperty.files.contains(entry.name), !value.isEmpty, value != "probe" {
                    checkFile(value, "kafka.properties.\(entry.name)", at: entry.position)
                }
                let isSecret = LibrdkafkaProperty.isSecret(entry.name)
                properties.pass(entry.name, isSecret ? .secret(Secret(value)) : .plain(value))
            }
        }
        return properties
    }

    private func milliseconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000)"
    }
}
