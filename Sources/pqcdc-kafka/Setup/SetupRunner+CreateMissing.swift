import Configuration
import Postgres

extension SetupRunner {
    /// What `createIfNotExists` asks for: makes the publication (with the replica identities of its tables) and the
    /// slot where they do not exist, and leaves what exists as it is.
    ///
    /// - Parameters:
    ///   - connection: must not be streaming; a replication connection will do.
    ///   - report: hears of each statement before it runs.
    ///   - onWait: hears of a statement that waits, with whom it waits for.
    /// - Returns: notes for the log, each a sentence.
    /// - Throws: ``PostgresError``, ``SetupRefusal`` before anything was changed, or ``SetupFailure``.
    static func createMissing(
        _ settings: Settings, on connection: Connection, report: @escaping (String) -> Void,
        onWait: @escaping (String) -> Void
    ) throws -> [String] {
        var request = SetupRequest()
        request.createsOnly = true
        request.createsPublication = settings.cdc.publication.createIfNotExists
        request.createsSlot = settings.cdc.slot.createIfNotExists
        guard request.createsPublication || request.createsSlot else { return [] }
        let state = try DatabaseState.read(settings, on: connection)
        let isComplete =
            (state.publication != nil || !request.createsPublication) && (state.slot != nil || !request.createsSlot)
        guard !isComplete else { return [] }
        let plan = try SetupPlan(settings, state, request, quoting: connection.quoting)
        try SetupRunner(on: connection, report: report, onWait: onWait).run(plan.steps)
        return plan.notes
    }
}
