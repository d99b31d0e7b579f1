import Configuration
import Postgres

/// `setup --drop`: the slot, then the publication. Roles and replica identities stay, since others may rely on them.
enum DropPlan {
    static func make(
        _ settings: Settings, _ state: DatabaseState, quoting: SQLQuoting
    ) throws(SetupRefusal) -> [SetupStep] {
        var steps: [SetupStep] = []
        if let slot = state.slot {
            let reasons = obstacles(slot, state)
            guard reasons.isEmpty else { throw SetupRefusal(reasons: reasons) }
            // First, because it alone retains WAL.
            steps.append(
                SetupStep(
                    "drop the replication slot \"\(slot.name)\"",
                    "SELECT pg_catalog.pg_drop_replication_slot(\(quoting.literal(slot.name)))", undo: nil))
        }
        if let publication = state.publication {
            steps.append(
                SetupStep(
                    "drop the publication \"\(publication.name)\"",
                    "DROP PUBLICATION \(quoting.identifier(publication.name))", undo: nil))
        }
        return steps
    }

    private static func obstacles(_ slot: ReplicationSlotState, _ state: DatabaseState) -> [String] {
        if let holder = slot.holder {
            return ["slot \"\(slot.name)\" is active for \(holder); stop that first"]
        }
        if slot.plugin != "pgoutput" || slot.database != state.server.database {
            return [
                "slot \"\(slot.name)\" is not ours: its plugin is \(slot.plugin ?? "none") and its database "
                    + "\"\(slot.database ?? "none")\""
            ]
        }
        return []
    }
}
