internal import ReplicationProtocol

/// What follows from a server, a slot or a publication that does not fit: for all of them a person must act.
extension RecoveryPolicy {
    static func decide(_ problem: SourceProblem) -> Decision {
        if case .setupRefused = problem { return .stop(.configuration, advice: advice(problem)) }
        return .stop(.unavailable, advice: advice(problem))
    }

    /// What to do about a problem, in a sentence without a full stop.
    public static func advice(_ problem: SourceProblem) -> String {
        switch problem {
        case .unsupportedServer: "use PostgreSQL 14 to 18"
        case .standby:
            "name the primary in cdc.host; decoding on a standby came with PostgreSQL 16"
        case .walLevel: "ALTER SYSTEM SET wal_level = logical; and restart PostgreSQL"
        case .missingPublication(let name, let slot, let confirmed, let current, let others, let onStandby):
            missing(publication: name, slot, confirmed, current, others, onStandby)
        case .publicationIsYounger(_, let slot, _):
            "give up what the slot holds, SELECT pg_replication_slot_advance('\(slot)', pg_current_wal_lsn()), start once "
                + "with cdc.slot.onGap: accept, and have pqcdc-kafka snapshot send the tables again; see "
                + "docs/operations.md, \"A publication that was made again\""
        case .missingSlot(_, let gap, let others, let onStandby): missing(slot: gap, others, onStandby)
        case .setupRefused: "run pqcdc-kafka setup --dry-run to see what would have to change"
        case .slotOfOtherPlugin: "name another slot in cdc.slot.name"
        case .slotOfOtherDatabase: "check cdc.database, or name another slot"
        case .physicalSlot: "name a logical slot in cdc.slot.name"
        case .twoPhaseSlot(let name, let canBeAltered):
            (canBeAltered
                ? "on a replication connection (psql \"replication=database dbname=…\"): ALTER_REPLICATION_SLOT \(name) "
                    + "(TWO_PHASE false); or "
                : "stop the writers and wait until nothing is prepared and the slot has no lag, drop it and run pqcdc-kafka "
                    + "setup; or ") + "name another slot in cdc.slot.name, made without two_phase"
        case .temporarySlot: "name another slot in cdc.slot.name"
        case .syncedSlot: "name the primary in cdc.host, or promote this server first"
        case .slotLost(_, _, gap: nil):
            "drop the slot, run pqcdc-kafka setup, and load the tables again; raise max_slot_wal_keep_size to keep it "
                + "from happening"
        case .slotLost(_, _, let gap?):
            "drop the slot and run pqcdc-kafka setup, \(accept(gap)); raise max_slot_wal_keep_size to keep it from "
                + "happening"
        }
    }

    private static func missing(
        publication name: String, _ slot: String, _ confirmed: LSN?, _ current: LSN?, _ others: [String],
        _ onStandby: Bool
    ) -> String {
        if onStandby { return "name the primary in cdc.host, or create the publication there: a standby has its own" }
        // To advance the slot loses what it holds, which a name with a letter too many is no reason for.
        guard others.isEmpty else {
            return "correct cdc.publication.name, if one of those is meant; else run pqcdc-kafka setup to create it"
        }
        guard let confirmed, let current, current > confirmed else { return "run pqcdc-kafka setup to create it" }
        return "run pqcdc-kafka setup to create it; the slot \"\(slot)\" holds WAL from \(confirmed) to \(current) "
            + "(\(current.bytes(since: confirmed)) bytes): what of it was written without the publication cannot be "
            + "decoded. Where run then says so, give up what the slot holds, SELECT "
            + "pg_replication_slot_advance('\(slot)', pg_current_wal_lsn()), and have pqcdc-kafka snapshot send the "
            + "tables again"
    }

    private static func missing(slot gap: WALRange?, _ others: [String], _ onStandby: Bool) -> String {
        if onStandby {
            return
                "the server is a standby: name the primary in cdc.host, if the slot is there; else run pqcdc-kafka setup "
                + "here, and meanwhile on the primary: SELECT pg_log_standby_snapshot()"
        }
        let other = others.isEmpty ? "" : "correct cdc.slot.name, if one of those is meant; else "
        guard let gap else {
            return "\(other)run pqcdc-kafka setup to create it; changes made before that are not in it"
        }
        return "\(other)run pqcdc-kafka setup to create it, \(accept(gap))"
    }

    /// A slot that is made now stands behind the gap, which is then found again, and refused. `accept` makes none.
    private static func accept(_ gap: WALRange) -> String {
        "load the changes from \(gap.from) on by other means, and start once with cdc.slot.onGap: accept, which goes "
            + "on behind the gap but creates no slot"
    }
}
