import Configuration
import Pipeline
import Postgres

/// A database that could not be asked, as a finding.
enum DatabaseFailure {
    static func finding(_ error: PostgresError, _ settings: Settings, _ quoting: SQLQuoting) -> Finding {
        .error("\(error)", mend: remedy(error, settings, quoting), ExitStatus(error))
    }

    private static func remedy(_ error: PostgresError, _ settings: Settings, _ quoting: SQLQuoting) -> String? {
        let role = quoting.identifier(settings.cdc.username)
        return switch error.sqlState {
        case "28P01":
            "check cdc.password; to set it: \\password \(role) in psql, as a superuser\n"
                + "if there is no such role: pqcdc-kafka setup --create-role --username postgres --config FILE"
        case "28000":
            "check the role and its line in pg_hba.conf; if there is no such role: "
                + "pqcdc-kafka setup --create-role --username postgres --config FILE"
        case "3D000": "check cdc.database, or: CREATE DATABASE \(quoting.identifier(settings.cdc.database));"
        case "42501":
            "GRANT CONNECT ON DATABASE \(quoting.identifier(settings.cdc.database)) TO \(role);"
        case "53300": "raise max_connections, or end idle sessions"
        case nil where error.kind == .unreachable || error.kind == .timedOut:
            (PostgresOutage(text: error.reason).map { "\($0.advice)\n" } ?? "")
                + "check cdc.host and cdc.port, listen_addresses of the server and firewalls: "
                + "pg_isready -h \(settings.cdc.host) -p \(settings.cdc.port)"
        default: nil
        }
    }
}
