import Configuration
import Kafka
import Pipeline

/// A cluster that could not be asked, as a finding.
enum ClusterFailure {
    static func finding(_ error: KafkaError, _ settings: Settings) -> Finding {
        let status = ExitStatus(error)
        let remedy =
            switch status {
            case .permission where error.name.hasSuffix("AUTHORIZATION_FAILED"):
                KafkaAccess.commands(settings, systemIdentifier: nil)
            case .permission:
                KafkaKeys(settings).advice(on: error) ?? "check the credentials in the kafka section"
            case .configuration: "correct kafka.properties"
            default:
                (KafkaOutage(code: error.code, text: error.reason).map { "\($0.advice)\n" } ?? "")
                    + "check kafka.brokers, the brokers' advertised.listeners and firewalls: "
                    + "kcat -L -b \(settings.kafka.brokers.joined(separator: ","))"
            }
        return .error("\(error)", mend: remedy, status)
    }
}
