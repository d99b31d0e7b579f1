import Configuration
import Postgres

/// The difference between what the configuration asks for and what the database has, as steps in the order in which
/// they must be taken. Pure.
///
/// The order is its point. A replica identity comes before the publication, since a published table without one
/// refuses every UPDATE and DELETE of the application. Changes of tables that are published already are one transaction:
/// the server must not see the new replica identity beside the old column list, not even for a moment. The slot comes last, since it alone retains WAL, and since
/// WAL that was written before the publication existed cannot be decoded with it.
struct SetupPlan: Equatable {
    private(set) var steps: [SetupStep] = []
    /// What was found and left as it is, or will need attention.
    private(set) var notes: [String] = []

    init(
        _ settings: Settings, _ state: DatabaseState, _ request: SetupRequest, quoting: SQLQuoting
    ) throws(SetupRefusal) {
        guard settings.streams else {
            if request.createsRole { add(RolePlan.make(settings, state, request, quoting)) }
            notes += [
                "cdc.snapshot.mode: snapshot_only needs neither a publication nor a slot",
                RolePlan.selectAdvice(settings, state, quoting),
            ].compactMap { $0 }
            return
        }
        if let refusal = SetupObstacles.find(settings, state, request) { throw refusal }
        if request.createsRole { add(RolePlan.make(settings, state, request, quoting)) }
        let publishes = request.createsPublication && (!request.createsOnly || state.publication == nil)
        if publishes {
            let generated = PublicationPlan.generatedColumns(settings, state, quoting)
            let sendsMore = settings.cdc.publication.generatedColumns == .stored
            let present = steps.count
            if sendsMore { add(generated) }
            add(ReplicaIdentityPlan.make(settings, state, quoting))
            add(PublicationPlan.make(settings, state, quoting))
            if !sendsMore { add(generated) }
            if state.publication != nil, steps.count > present + 1 {
                steps.insert(.begin, at: present)
                steps.append(.commit)
            }
        }
        // Of all of it a standby can make its own slot only.
        if state.server.isInRecovery, !steps.isEmpty {
            throw SetupRefusal(reasons: [
                "the server is a standby, where nothing but a slot can be made: run setup on the primary first; missing "
                    + "there is: \(steps.map(\.action).joined(separator: ", "))"
            ])
        }
        add(SlotPlan.make(settings, state, request, quoting))
        if let advice = RolePlan.selectAdvice(settings, state, quoting) { notes.append(advice) }
    }

    private mutating func add(_ part: SetupPart) {
        steps += part.steps
        notes += part.notes
    }
}
