import Configuration
import Pipeline
import Postgres

/// The server's version and settings.
enum ServerFindings {
    static func evaluate(_ settings: Settings, _ state: DatabaseState) -> [Finding] {
        SourceCheck.server(state.server).map { Finding($0) } + newer(state) + limits(state) + encoding(state)
            + heartbeat(settings, state)
    }

    /// What a snapshot alone asks of the server, which may be a standby.
    static func version(_ state: DatabaseState) -> [Finding] {
        let problems = SourceCheck.server(state.server).filter {
            if case .unsupportedServer = $0 { true } else { false }
        }
        return problems.map { Finding($0) } + newer(state)
    }

    private static func newer(_ state: DatabaseState) -> [Finding] {
        guard state.server.majorVersion > SourceCheck.supported.upperBound else { return [] }
        return [
            .warning(
                "PostgreSQL \(state.server.versionText) is newer than any that pqcdc-kafka was tested with")
        ]
    }

    private static func limits(_ state: DatabaseState) -> [Finding] {
        var findings: [Finding] = []
        if state.server.maxWALSenders == 0 {
            findings.append(
                .error(
                    "max_wal_senders is 0, so nothing can be streamed",
                    mend: "ALTER SYSTEM SET max_wal_senders = 5; and restart the server", .unavailable))
        }
        if state.server.maxReplicationSlots == 0 {
            findings.append(
                .error(
                    "max_replication_slots is 0, so there can be no slot",
                    mend: "ALTER SYSTEM SET max_replication_slots = 5; and restart the server", .unavailable))
        }
        if state.server.maxSlotWALKeepSize == nil {
            findings.append(
                .note(
                    "max_slot_wal_keep_size is not set: while pqcdc-kafka or Kafka is down, WAL is kept until the "
                        + "disk is full",
                    mend: "ALTER SYSTEM SET max_slot_wal_keep_size = '50GB'; SELECT pg_reload_conf(); "
                        + "(a slot that falls further behind is lost)"))
        }
        return findings
    }

    static func encoding(_ state: DatabaseState) -> [Finding] {
        // Its texts pass unconverted and may be anything.
        guard state.server.serverEncoding == "SQL_ASCII" else { return [] }
        return [
            .warning(
                "the database's encoding is SQL_ASCII: a text that is not UTF-8 will stop the pipeline",
                mend: "dump the database and restore it into one with ENCODING 'UTF8'")
        ]
    }

    private static func heartbeat(_ settings: Settings, _ state: DatabaseState) -> [Finding] {
        guard settings.cdc.heartbeatInterval != nil, state.server.isInRecovery else { return [] }
        return [
            .warning(
                "the server is a standby, where no heartbeat can be written (cdc.heartbeat.interval)",
                mend: "remove cdc.heartbeat.interval; what the primary writes moves the slot")
        ]
    }
}
