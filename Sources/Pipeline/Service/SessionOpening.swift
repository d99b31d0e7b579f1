internal import Synchronization

/// Where the reading thread says whether a session has begun.
final class SessionOpening: Sendable {
    private enum State {
        case undecided(CheckedContinuation<OpenedSession?, Never>?)
        case open(OpenedSession)
        /// The thread ended before a session began.
        case closed
    }

    private let state = Mutex(State.undecided(nil))

    var isOpen: Bool {
        state.withLock {
            if case .open = $0 { true } else { false }
        }
    }

    func open(_ session: Session, at start: SlotStart) { decide(.open(OpenedSession(session: session, start: start))) }

    /// Says that no session will begin; nothing where one has.
    func close() {
        if !isOpen { decide(.closed) }
    }

    /// Suspends until it is decided; nil where no session begins.
    func session() async -> OpenedSession? {
        await withCheckedContinuation { continuation in
            let decided: OpenedSession?? = state.withLock { state in
                switch state {
                case .undecided:
                    state = .undecided(continuation)
                    return nil
                case .open(let session): return .some(session)
                case .closed: return .some(nil)
                }
            }
            if let decided { continuation.resume(returning: decided) }
        }
    }

    private func decide(_ decision: State) {
        let waiter: CheckedContinuation<OpenedSession?, Never>? = state.withLock { state in
            defer { state = decision }
            if case .undecided(let waiter) = state { return waiter } else { return nil }
        }
        if case .open(let session) = decision {
            waiter?.resume(returning: session)
        } else {
            waiter?.resume(returning: nil)
        }
    }
}
