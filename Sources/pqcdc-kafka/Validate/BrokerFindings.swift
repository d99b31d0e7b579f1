import Configuration
import Kafka
import Pipeline

/// The brokers that the cluster names: run sends to all of them, and one that it cannot reach holds up everything.
enum BrokerFindings {
    static func evaluate(_ settings: Settings, _ report: ClusterReport) -> [Finding] {
        report.unreachable.sorted { $0.key < $1.key }.map { _, error in
            let outage = KafkaOutage(code: error.code, text: error.reason)
            return .error(
                "\(error)",
                mend: KafkaKeys(settings).advice(on: error) ?? outage?.advice
                    ?? "check the broker's advertised.listeners, the network and firewalls",
                ExitStatus(error))
        }
    }
}
