import Pipeline

/// Why a setup cannot begin; nothing has been changed.
struct SetupRefusal: Error, Equatable {
    /// What would end `run` too, and what no setup mends.
    private(set) var problems: [SourceProblem] = []
    /// One sentence each, with what mends it.
    let reasons: [String]

    init(reasons: [String]) { self.reasons = reasons }

    init(_ problems: [SourceProblem], reasons: [String]) {
        self.problems = problems
        self.reasons = problems.map { "\($0); \(RecoveryPolicy.advice($0))" } + reasons
    }

    /// What a person must mend in the file comes before what the server lacks.
    var status: ExitStatus { reasons.count > problems.count ? .configuration : .unavailable }
}
