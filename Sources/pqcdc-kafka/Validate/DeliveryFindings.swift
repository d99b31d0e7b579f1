import Configuration
import Kafka
import Pipeline

/// Whether the brokers give what delivery asks of them: transactions of our length, and the rights.
enum DeliveryFindings {
    /// - Parameter systemIdentifier: the PostgreSQL server's, where it is known.
    static func evaluate(
        _ settings: Settings, _ report: ClusterReport, systemIdentifier: UInt64?
    ) -> [Finding] {
        let isExactlyOnce = settings.kafka.delivery == .exactlyOnce
        return (isExactlyOnce ? transactions(settings, report) : []) + access(settings, report, systemIdentifier)
    }

    /// Whoever says how long a transaction may be knows transactions. Asking for a producer's id would make one.
    private static func transactions(_ settings: Settings, _ report: ClusterReport) -> [Finding] {
        guard let longest = try? report.broker.get().transactionMaxTimeout else {
            return [
                .note(
                    "whether the brokers know transactions, and how long one may be (transaction.max.timeout.ms), is "
                        + "unknown")
            ]
        }
        let wanted = settings.kafka.exactlyOnce.transactionTimeout
        guard wanted > longest else { return [] }
        return [
            .error(
                "the brokers allow no transaction of kafka.exactlyOnce.transactionTimeout, \(wanted.milliseconds) ms, but "
                    + "of \(longest.milliseconds) ms at most (transaction.max.timeout.ms)",
                mend: "transactionTimeout: \(longest.milliseconds)ms")
        ]
    }

    /// Which rights we have the brokers do not say, so those that we need are named wherever rights are checked.
    private static func access(
        _ settings: Settings, _ report: ClusterReport, _ systemIdentifier: UInt64?
    ) -> [Finding] {
        guard checksAccess(report) else { return [] }
        return [
            .note(
                "the brokers check access: beside WRITE and DESCRIBE on the topics of the records this client needs",
                mend: KafkaAccess.commands(settings, systemIdentifier: systemIdentifier))
        ]
    }

    private static func checksAccess(_ report: ClusterReport) -> Bool {
        switch report.broker {
        case .success(let broker): broker.checksAccess ?? false
        case .failure(let error): ExitStatus(error) == .permission
        }
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
