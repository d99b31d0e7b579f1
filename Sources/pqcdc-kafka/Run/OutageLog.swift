import Kafka
import Pipeline

/// Which outages of brokers have been told: each broker and cause once, not with each attempt to connect.
struct OutageLog {
    private struct Outage: Hashable {
        var broker: String?
        var cause: KafkaOutage?
    }

    private var told: [Outage: ContinuousClock.Instant] = [:]

    /// A mistake that lasts is worth a line in the time in which a person looks again.
    private static let interval = Duration.seconds(600)

    /// Whether the error is to be told.
    mutating func isNews(_ error: KafkaError, now: ContinuousClock.Instant) -> Bool {
        let outage = Outage(
            broker: KafkaOutage.broker(in: error.reason), cause: KafkaOutage(code: error.code, text: error.reason))
        // That all are down has been told of each.
        if outage.broker == nil, !told.isEmpty { return false }
        if let last = told[outage], now - last < Self.interval { return false }
        told[outage] = now
        return true
    }

    /// Forgets brokers that were merely away, as in a restart: the next time is news. What a mistake keeps away from us
    /// stays told, while others take records.
    mutating func recovered() {
        told = told.filter { outage, _ in
            switch outage.cause {
            case .refusedConnection, .timedOut, nil: false
            case .unresolvedName, .plaintextListener, .secureListener, .untrustedCertificate, .clientCertificate,
                .otherTLS:
                true
            }
        }
    }
}
