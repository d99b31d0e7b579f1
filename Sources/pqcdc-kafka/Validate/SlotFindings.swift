import Configuration
import Pipeline
import Postgres
import ReplicationProtocol

/// The replication slot: there, ours, free and not lost.
enum SlotFindings {
    /// - Parameter position: what Kafka has; nil where that is not known.
    static func evaluate(
        _ settings: Settings, _ state: DatabaseState, after position: LSN? = nil, _ quoting: SQLQuoting
    ) -> [Finding] {
        let name = settings.cdc.slot.name
        guard let slot = state.slot else {
            if settings.cdc.slot.createIfNotExists {
                return [.note("slot \"\(name)\" does not exist; run will create it")]
            }
            return [
                Finding(
                    SourceCheck.missingSlot(name, state.server, after: position, others: state.slotNames))
            ]
        }
        var findings = SourceCheck.slot(slot, state.server).map { Finding($0) }
        guard slot.isLogical else { return findings }
        if let loss = SourceCheck.loss(of: slot, state.server, after: position) {
            findings.append(Finding(loss))
        } else if slot.walStatus == .unreserved {
            findings.append(
                .warning(
                    "slot \"\(name)\" is about to be lost: it is further behind than max_slot_wal_keep_size allows",
                    mend: "start pqcdc-kafka now, and: ALTER SYSTEM SET max_slot_wal_keep_size = -1; "
                        + "SELECT pg_reload_conf();"))
        }
        if slot.isFailover, !state.server.isInRecovery {
            findings.append(
                .note(
                    "slot \"\(name)\" is a failover slot: changes are sent once the standbys of "
                        + "synchronized_standby_slots have them, and not at all while one of these is away"))
        }
        if let holder = slot.holder {
            findings.append(
                .note(
                    "slot \"\(name)\" is active for \(holder): another instance would wait until it is free",
                    mend: holder.pid.map { "SELECT pg_terminate_backend(\($0)); if nobody should be streaming" }))
        }
        return findings
    }
}
