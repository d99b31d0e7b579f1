import Configuration
import Pipeline

/// The rights that delivery needs in Kafka beside WRITE and DESCRIBE on the topics of the records, as the commands that
/// give them. <https://kafka.apache.org/documentation/#security_authz>
enum KafkaAccess {
    /// - Parameter systemIdentifier: the server's; without it the right is given for all of its pipelines.
    static func commands(_ settings: Settings, systemIdentifier: UInt64?) -> String {
        let add = add(settings)
        var commands: [String] = []
        if let topic = settings.kafka.stateTopic {
            commands.append(command(settings, topic: topic, ["Read", "Write", "Describe", "Create"]))
        }
        if settings.kafka.delivery == .exactlyOnce {
            let operations = "--operation Write --operation Describe"
            commands.append("\(add) \(operations) --transactional-id \(transactionalID(settings, systemIdentifier))")
        }
        commands.append("\(add) --operation IdempotentWrite --cluster  # brokers before 2.8")
        return commands.joined(separator: "\n")
    }

    /// What gives rights on one topic.
    static func command(_ settings: Settings, topic: String, _ operations: [String]) -> String {
        "\(add(settings)) \(operations.map { "--operation \($0)" }.joined(separator: " ")) --topic \(topic)"
    }

    private static func add(_ settings: Settings) -> String {
        "\(KafkaTool.command("kafka-acls.sh", settings)) --add --allow-principal \(principal(settings))"
    }

    private static func transactionalID(_ settings: Settings, _ systemIdentifier: UInt64?) -> String {
        guard let systemIdentifier else { return "pqcdc- --resource-pattern-type prefixed" }
        let identity = PipelineIdentity(
            systemIdentifier: String(systemIdentifier), database: settings.cdc.database, slot: settings.cdc.slot.name)
        // The database may have any name.
        let quoted = identity.transactionalID.unicodeScalars.map { $0 == "'" ? "'\\''" : "\($0)" }.joined()
        return "'\(quoted)'"
    }

    /// Whom the brokers know us as, where it is a user; with TLS it is the certificate's subject.
    private static func principal(_ settings: Settings) -> String {
        for (name, value) in settings.kafka.properties where name == "sasl.username" {
            if case .plain(let user) = value { return "User:\(user)" }
        }
        return "User:NAME"
    }
}
