/// Why a session ended and another one was begun.
public enum ReconnectCause: String, CaseIterable, Sendable {
    /// The connection to PostgreSQL could not be made, or broke off.
    case connectionLost = "connection_lost"
    /// PostgreSQL is shutting down, starting, or has ended our session.
    case serverShutdown = "server_shutdown"
    /// PostgreSQL refused for another reason that may pass.
    case serverRefused = "server_refused"
    /// The Kafka client failed for good, or Kafka refused something that may pass.
    case kafkaFailed = "kafka_failed"
    /// Another producer has the `transactional.id`, or the brokers have given our transaction up.
    case fenced
    /// Slot and position in Kafka did not fit together, and were looked at again.
    case position

    /// The side that failed.
    var side: String {
        switch self {
        case .connectionLost, .serverShutdown, .serverRefused: "postgres"
        case .kafkaFailed, .fenced, .position: "kafka"
        }
    }
}
