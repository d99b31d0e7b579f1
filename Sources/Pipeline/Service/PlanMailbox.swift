internal import Synchronization

/// The plan in force, and the one that is to follow it: left by whoever reads the configuration again, taken by the
/// batcher between two transactions.
public final class PlanMailbox: Sendable {
    private struct State {
        var current: PipelinePlan
        var next: PipelinePlan?
        /// Tells the batcher that there is something for it; nil while there is no batcher.
        var wake: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>
    /// Asked with each chunk, and so without the lock.
    private let isFull = Atomic<Bool>(false)
    private let settled: @Sendable () -> Void

    /// - Parameter settled: called when a plan that waited is in force, or was refused.
    public init(_ plan: PipelinePlan, settled: @escaping @Sendable () -> Void = {}) {
        state = Mutex(State(current: plan))
        self.settled = settled
    }

    /// What is in force.
    public var current: PipelinePlan { state.withLock { $0.current } }

    /// What is in force, or will be with the next transaction.
    public var latest: PipelinePlan { state.withLock { $0.next ?? $0.current } }

    /// Leaves a plan. It takes the place of one that still waits.
    ///
    /// - Returns: whether it is in force already, since nobody works by the old one.
    public func put(_ plan: PipelinePlan) -> Bool {
        let wake = state.withLock { state in
            if state.wake == nil { state.current = plan } else { state.next = plan }
            isFull.store(state.next != nil, ordering: .releasing)
            return state.wake
        }
        wake?()
        return wake == nil
    }

    // MARK: The batcher's side

    /// Whether a plan waits.
    var hasNext: Bool { isFull.load(ordering: .acquiring) }

    /// A batcher begins.
    ///
    /// - Returns: the plan that it is to work by until ``take()`` brings another.
    func open(waking wake: @escaping @Sendable () -> Void) -> PipelinePlan {
        state.withLock { state in
            state.wake = wake
            return state.current
        }
    }

    /// Takes the plan that waits; ``settle(_:)`` says what came of it.
    func take() -> PipelinePlan? {
        state.withLock { state in
            isFull.store(false, ordering: .releasing)
            return state.next.take()
        }
    }

    /// Says that `plan` is in force from now on, or, with nil, that the old one stays.
    func settle(_ plan: PipelinePlan?) {
        if let plan { state.withLock { $0.current = plan } }
        settled()
    }

    /// The batcher has ended. What it has not taken holds from the next one on.
    ///
    /// - Returns: whether there was something.
    func close() -> Bool {
        let waited = state.withLock { state in
            state.wake = nil
            isFull.store(false, ordering: .releasing)
            guard let next = state.next.take() else { return false }
            state.current = next
            return true
        }
        if waited { settled() }
        return waited
    }
}
