public import LinuxSupport
public import ReplicationProtocol
internal import Synchronization

/// The ledger of one session, shared by those who open batches, those who report deliveries and the one who confirms.
public final class Checkpoint: Sendable {
    private struct State {
        var ledger: DeliveryLedger
        var failure: PipelineError?
        /// The batcher, when it waits for deliveries. Nobody else ever does.
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state: Mutex<State>
    private let confirmedRaw: Atomic<UInt64>
    /// Wakes the reader when there is something to confirm.
    private let wakeup: Wakeup

    public init(confirmed: LSN, waking wakeup: Wakeup) {
        state = Mutex(State(ledger: DeliveryLedger(confirmed: confirmed)))
        confirmedRaw = Atomic(confirmed.rawValue)
        self.wakeup = wakeup
    }

    /// The LSN up to which everything has been delivered.
    public var confirmed: LSN { LSN(rawValue: confirmedRaw.load(ordering: .acquiring)) }

    public var inFlight: (records: Int, bytes: Int) {
        state.withLock { ($0.ledger.inFlightRecords, $0.ledger.inFlightBytes) }
    }

    /// Why the session has ended, if it has.
    var failure: PipelineError? { state.withLock { $0.failure } }

    /// The LSN up to which everything has been delivered, confirmed or not.
    var delivered: LSN { state.withLock { $0.ledger.delivered } }

    /// The number of the first batch that is not delivered completely; batches before it are.
    var oldestOpen: UInt32 { state.withLock { $0.ledger.oldest } }

    /// See ``DeliveryLedger/open(records:bytes:delivers:confirmable:commitTime:)``.
    public func open(
        records: Int, bytes: Int, delivers: LSN? = nil, confirmable: LSN?, commitTime: ServerTime? = nil
    ) -> UInt32 {
        let (number, hasNews) = state.withLock { state in
            let number = state.ledger.open(
                records: records, bytes: bytes, delivers: delivers, confirmable: confirmable, commitTime: commitTime)
            return (number, publish(state.ledger))
        }
        if hasNews { wakeup.signal() }
        return number
    }

    /// See ``DeliveryLedger/acknowledge(_:records:)``. Wakes whoever waits for it.
    @discardableResult
    public func acknowledge(_ batch: UInt32, records: Int) -> ServerTime? {
        let (commitTime, waiter, hasNews) = state.withLock { state in
            let commitTime = state.ledger.acknowledge(batch, records: records)
            return (commitTime, state.waiter.take(), publish(state.ledger))
        }
        if hasNews { wakeup.signal() }
        waiter?.resume()
        return commitTime
    }

    /// Ends the session with `failure`; the first one stays.
    public func fail(_ failure: PipelineError) {
        let waiter = state.withLock { state in
            if state.failure == nil { state.failure = failure }
            return state.waiter.take()
        }
        waiter?.resume()
        wakeup.signal()
    }

    /// Suspends until `condition` holds for what is in flight, or the session has failed.
    func wait(
        until condition: @Sendable (_ records: Int, _ bytes: Int) -> Bool
    ) async throws(PipelineError) {
        while true {
            let (isMet, failure) = state.withLock { state in
                (condition(state.ledger.inFlightRecords, state.ledger.inFlightBytes), state.failure)
            }
            if let failure { throw failure }
            if isMet { return }
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.failure != nil
                        || condition(state.ledger.inFlightRecords, state.ledger.inFlightBytes)
                    {
                        return true
                    }
                    precondition(state.waiter == nil, "only the batcher waits for deliveries")
                    state.waiter = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        }
    }

    /// Makes the ledger's LSN the one that is read without the lock. Called under the lock: whoever has seen that
    /// everything is delivered must also see it confirmed, or the last status update would fall short of it.
    ///
    /// - Returns: whether there is something to confirm that was not there before.
    private func publish(_ ledger: DeliveryLedger) -> Bool {
        confirmedRaw.max(ledger.confirmed.rawValue, ordering: .acquiringAndReleasing).oldValue
            < ledger.confirmed.rawValue
    }
}
