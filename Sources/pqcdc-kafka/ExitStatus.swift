import ArgumentParser
import Kafka
import Pipeline
import Postgres

extension ExitStatus {
    var exitCode: ExitCode { ExitCode(rawValue) }

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
        default: self = .unavailable
        }
    }

    /// - Parameter error: what ended a command that talked to Kafka.
    init(_ error: KafkaError) {
        self = KafkaCode(rawValue: error.code)?.exitStatus ?? .unavailable
    }
}
