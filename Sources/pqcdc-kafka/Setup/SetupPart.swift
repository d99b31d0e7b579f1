/// What one kind of object contributes to a ``SetupPlan``.
struct SetupPart: Equatable {
    var steps: [SetupStep] = []
    var notes: [String] = []
}
