import ArgumentParser
import Kafka
import Postgres

/// How a command ended, in the numbers of `sysexits.h`.
enum ExitStatus: Int32, CaseIterable {
    case success = 0
    case usage = 64
    case data = 65
    case unavailable = 69
    case `internal` = 70
    case `protocol` = 76
    case permission = 77
    case configuration = 78

    var exitCode: ExitCode { ExitCode(rawValue) }

    var meaning: String {
        switch self {
        case .success: "done"
        case .usage: "the command line is wrong"
        case .data: "a row cannot be decoded or is too large"
        case .unavailable: "a server cannot be reached, or refuses"
        case .internal: "an error of pqcdc-kafka itself"
        case .protocol: "a server answered what the protocol does not allow"
        case .permission: "a server refused the log-in or a privilege is missing"
        case .configuration: "the configuration, or what it asks of the servers, is wrong"
        }
    }

    /// The table that every `--help` ends with.
    static let discussion =
        "EXIT STATUS:\n" + allCases.map { "  \($0.rawValue)\t\($0.meaning)" }.joined(separator: "\n")

    /// - Parameter error: what ended a command that talked to PostgreSQL.
    init(_ error: PostgresError) {
        // <https://www.postgresql.org/docs/current/errcodes-appendix.html>
        switch (error.kind, error.sqlState) {
        case (.unexpectedAnswer, _): self = .protocol
        // 28…: the log-in was refused. 42501: a privilege is missing.
        case (_, let state?) where state.hasPrefix("28") || state == "42501": self = .permission
        // The database does not exist.
        case (_, "3D000"): self = .configuration
        default: self = .unavailable
        }
    }

    /// - Parameter error: what ended a command that talked to Kafka.
    init(_ error: KafkaError) {
        switch error.name {
        case "_AUTHENTICATION", "SASL_AUTHENTICATION_FAILED": self = .permission
        case let name where name.hasSuffix("AUTHORIZATION_FAILED"): self = .permission
        case "_INVALID_ARG", "_UNKNOWN_PROTOCOL": self = .configuration
        default: self = .unavailable
        }
    }
}
