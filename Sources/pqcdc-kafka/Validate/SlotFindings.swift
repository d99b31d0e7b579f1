import Configuration
import Pipeline
import Postgres
import ReplicationProtocol

/// The replication slot: there, ours, free and not lost.
enum SlotFindings {
    static func evaluate(_ settings: Settings, _ state: DatabaseState, _ quoting: SQLQuoting) -> [Finding] {
        let name = settings.cdc.slot.name
        guard let slot = state.slot else { return [missing(settings, quoting)] }
        let recreate = "SELECT pg_drop_replication_slot(\(quoting.literal(name)));\npqcdc-kafka setup --config FILE"
        if !slot.isLogical {
            return [.error("slot \"\(name)\" is a physical replication slot", mend: "choose another cdc.slot.name")]
        }
        var findings: [Finding] = []
        if slot.plugin != "pgoutput" {
            findings.append(
                .error(
                    "slot \"\(name)\" decodes with the plugin \(slot.plugin ?? "none"), not pgoutput",
                    mend: "choose another cdc.slot.name, or, if nobody else uses it:\n\(recreate)"))
        }
        if slot.database != state.server.database {
            findings.append(
                .error(
                    "slot \"\(name)\" belongs to database \"\(slot.database ?? "")\", not to \"\(state.server.database)\"",
                    mend: "choose another cdc.slot.name, or correct cdc.database"))
        }
        if slot.isTemporary {
            findings.append(
                .error(
                    "slot \"\(name)\" is temporary and vanishes with its session",
                    mend: "choose another cdc.slot.name"))
        }
        if slot.isLost {
            let reason = slot.invalidationReason.map { " (\($0))" } ?? ""
            let lsn = slot.confirmedFlush.map { " after \($0)" } ?? ""
            findings.append(
                .error(
                    "slot \"\(name)\" is lost\(reason): the server has removed WAL that it needs, and the changes\(lsn) "
                        + "can no longer be streamed",
                    mend: recreate))
        } else if slot.walStatus == .unreserved {
            findings.append(
                .warning(
                    "slot \"\(name)\" is about to be lost: it is further behind than max_slot_wal_keep_size allows",
                    mend: "start pqcdc-kafka now, and: ALTER SYSTEM SET max_slot_wal_keep_size = -1; "
                        + "SELECT pg_reload_conf();"))
        }
        if let holder = slot.holder {
            findings.append(
                .note(
                    "slot \"\(name)\" is active for \(holder): another instance would wait until it is free",
                    mend: holder.pid.map { "SELECT pg_terminate_backend(\($0)); if nobody should be streaming" }))
        }
        return findings
    }

    private static func missing(_ settings: Settings, _ quoting: SQLQuoting) -> Finding {
        let name = settings.cdc.slot.name
        if settings.cdc.slot.createIfNotExists {
            return .note("slot \"\(name)\" does not exist; run will create it")
        }
        return .error(
            "slot \"\(name)\" does not exist",
            mend: "pqcdc-kafka setup --config FILE, or, once the publication exists:\n"
                + "SELECT pg_create_logical_replication_slot(\(quoting.literal(name)), 'pgoutput');")
    }
}
