import Configuration
import Kafka
import Pipeline

/// How the configuration file says what a client of Kafka goes by: so that advice names keys that the file has.
struct KafkaKeys: Sendable {
    /// librdkafka's properties that the file sets, and the key of each.
    private let owners: [String: String]
    /// nil without SASL.
    let mechanism: String?
    let usesTLS: Bool

    init(_ settings: Settings) {
        owners = settings.kafka.owners
        func value(_ names: String...) -> String? {
            for (name, value) in settings.kafka.properties where names.contains(name) {
                if case .plain(let text) = value { return text }
            }
            return nil
        }
        let security = value("security.protocol")?.lowercased() ?? "plaintext"
        usesTLS = security.hasSuffix("ssl")
        mechanism = security.hasPrefix("sasl") ? value("sasl.mechanisms", "sasl.mechanism") ?? "GSSAPI" : nil
    }

    /// The key that stands for a property of librdkafka's.
    func path(of property: String) -> String {
        guard let owner = owners[property], owner != "kafka.properties" else {
            return "\(property) in kafka.properties"
        }
        return owner
    }

    /// Where the log-in's parts stand.
    private var login: String {
        mechanism == nil
            ? "whether the brokers want a log-in (kafka.scramUsername, or sasl.* in kafka.properties)"
            : "\(path(of: "sasl.username")), \(path(of: "sasl.password")) and the mechanism (\(mechanism ?? ""))"
    }

    /// What to do about an error, where the configuration or the library say more than its code; nil where they do not.
    func advice(on error: KafkaError) -> String? {
        switch KafkaCode(rawValue: error.code) {
        case .localAuthentication, .saslAuthenticationFailed, .unsupportedSaslMechanism:
            if let mechanism, mechanism.hasPrefix("SCRAM"), Kafka.LibraryVersion.repeatsNonce {
                let version = Kafka.LibraryVersion.text
                return "Kafka 4 refuses right SCRAM credentials that come from librdkafka before 2.6.1, and this is "
                    + "\(version): install a newer one, or log in with SASL/PLAIN over TLS (see docs/operations.md); "
                    + "with older brokers, check \(login)"
            }
            return "check \(login)"
        default: return nil
        }
    }
}

extension SinkFailure {
    /// - Parameter keys: what advice can name; nil leaves it to the code.
    init(_ error: KafkaError, _ keys: KafkaKeys? = nil, topic: String? = nil) {
        self.init(
            error.description, code: error.code, isFatal: error.isFatal, topic: topic, advice: keys?.advice(on: error))
    }
}
