import Configuration
import Postgres
import ReplicationProtocol

/// The replication slot: made after the publication, or moved past the WAL that was written before it.
enum SlotPlan {
    static func make(
        _ settings: Settings, _ state: DatabaseState, _ request: SetupRequest, _ quoting: SQLQuoting
    ) -> SetupPart {
        let name = settings.cdc.slot.name
        let literal = quoting.literal(name)
        guard let slot = state.slot else {
            guard request.createsSlot else { return SetupPart() }
            let create = SetupStep(
                "create the replication slot \"\(name)\"",
                "SELECT pg_catalog.pg_create_logical_replication_slot(\(literal), 'pgoutput')",
                // Answers no rows, rather than an error, when the slot did not come to be.
                undo:
                    "SELECT pg_catalog.pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots "
                    + "WHERE slot_name OPERATOR(pg_catalog.=) \(literal)")
            return SetupPart(steps: [waitForTransactions, create])
        }
        // Once asked for, also when an earlier setup has made the publication already.
        guard state.publication == nil && request.createsPublication || request.advancesSlot else { return SetupPart() }
        return behindPublication(settings, state, slot, request, quoting)
    }

    /// A slot begins where no transaction is open any more, and waits for those that are as for a lock. It blocks
    /// nobody while it waits, so `statement_timeout` alone may end it.
    private static let waitForTransactions = SetupStep(
        "let the slot wait for open transactions", "SET lock_timeout = 0", undo: nil)

    /// The slot is older than the publication, and its WAL is decoded with the catalog as it was then.
    private static func behindPublication(
        _ settings: Settings, _ state: DatabaseState, _ slot: ReplicationSlotState, _ request: SetupRequest,
        _ quoting: SQLQuoting
    ) -> SetupPart {
        let advance =
            "SELECT pg_catalog.pg_replication_slot_advance(\(quoting.literal(slot.name)), pg_catalog.pg_current_wal_lsn())"
        let now = state.server.currentLSN
        let start = slot.confirmedFlush ?? slot.restartLSN ?? .zero
        let gap = "from \(start) to \(now) (\(now.bytes(since: start)) bytes of WAL)"
        if request.advancesSlot {
            return SetupPart(
                steps: [SetupStep("advance the replication slot \"\(slot.name)\"", advance, undo: nil)],
                notes: ["the changes \(gap) are given up: slot \"\(slot.name)\" is moved past them"])
        }
        let consequence =
            state.server.majorVersion < 18
            ? "cannot be decoded with it, and streaming stops there with \"publication does not exist\""
            : "are not sent, since they are decoded as if it did not exist"
        return SetupPart(notes: [
            "slot \"\(slot.name)\" is older than publication \"\(settings.cdc.publication.name)\": the changes \(gap) "
                + "\(consequence). To give them up, run setup with --advance-slot before anything else, or: \(advance);"
        ])
    }
}
