import Pipeline

extension Finding {
    /// A problem that ends `run`, in the same words and with the same status.
    init(_ problem: SourceProblem) { self.init(.unfit(problem)) }

    /// An error that ends `run`; one that `run` tries again is none for it, but for whoever validates.
    init(_ error: PipelineError) {
        switch RecoveryPolicy.decide(error) {
        case .stop(let status, let advice): self = .error("\(error)", mend: advice, status)
        case .retry: self = .error("\(error)", mend: nil, .unavailable)
        }
    }
}
