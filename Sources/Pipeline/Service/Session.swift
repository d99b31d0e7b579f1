public import LinuxSupport
public import ReplicationProtocol

/// One stretch of streaming, from taking the slot to giving it up: what its reader, its batcher and its delivery
/// reports share. Never used for a second one, so that no old report can touch a new ledger.
public final class Session: Sendable {
    public let checkpoint: Checkpoint
    public let handoff: Handoff

    public init(confirmed: LSN, chunkCapacity: Int, waking wakeup: Wakeup) {
        checkpoint = Checkpoint(confirmed: confirmed, waking: wakeup)
        handoff = Handoff(chunkCapacity: chunkCapacity, waking: wakeup)
    }

    /// Ends the session; the first failure stays, and reader and batcher both end with it.
    public func fail(_ failure: PipelineError) {
        checkpoint.fail(failure)
        handoff.fail(failure)
    }
}
