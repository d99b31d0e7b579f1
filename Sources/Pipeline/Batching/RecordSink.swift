public import RowMapping

/// Kafka as the batcher sees it. Belongs to the batcher of one session.
public protocol RecordSink: AnyObject {
    /// Opens a topic and returns its number for ``RecordBatch/Record/topic``; the same number for the same name.
    ///
    /// May ask the cluster whether the topic exists, and suspends for that.
    nonisolated(nonsending) func openTopic(_ name: String) async throws(PipelineError) -> Int

    /// Hands over the batch's records from `first` on. Never blocks.
    ///
    /// - Parameter batch: the number that delivery reports come back with.
    /// - Returns: how far it came; what was not taken is to be handed over again.
    func send(_ records: borrowing RecordBatch, from first: Int, batch: UInt32) throws(PipelineError) -> SendOutcome

    /// Asks the cluster anew for what a refusal rests on: a topic's partitions, its limits. What the client has of them may
    /// be minutes old.
    ///
    /// - Returns: whether the record is worth another offer.
    nonisolated(nonsending) func looksOtherwiseNow(
        _ refusal: SinkRefusal, topic: Int
    ) async throws(PipelineError) -> Bool

    /// What the state topic says of a pipeline.
    nonisolated(nonsending) func position(of identity: PipelineIdentity) async throws(PipelineError) -> KeptPosition

    /// What the state topic says of the tables of a pipeline's snapshot, whichever run they are of.
    nonisolated(nonsending) func snapshotProgress(
        of identity: PipelineIdentity
    ) async throws(PipelineError) -> [LeafProgress]

    /// Ends the transactions of whoever produced for this pipeline before: nothing of theirs can land afterwards. Once,
    /// before the first transaction, and only by who holds the slot.
    nonisolated(nonsending) func takeOver() async throws(PipelineError)

    /// Begins a Kafka transaction: what is sent from here on belongs to it.
    func beginTransaction() throws(PipelineError)

    /// Waits until all of it is delivered, and commits it.
    nonisolated(nonsending) func commitTransaction() async throws(PipelineError)

    /// Takes it back, as far as the brokers can be reached; for consumers, which would otherwise wait for it.
    nonisolated(nonsending) func abortTransaction() async

    /// Sends nothing more: gives up what is not on its way to a broker yet, and waits until the rest is reported on, or
    /// the time is over.
    nonisolated(nonsending) func withhold(within limit: Duration) async

    /// Gives up what is undelivered and ends the client.
    nonisolated(nonsending) func close() async
}

/// Makes the sink of a session; its delivery reports go to `checkpoint`, its failures to `session`.
public protocol RecordSinkFactory: Sendable {
    ///
    /// - Parameters:
    ///   - identity: whose records these are.
    ///   - looksClosely: whether the last session ended with records that brokers refused, or a topic that was missing: every
    ///     topic is then asked for its partitions and limits before the first record, so that the row that is at fault is
    ///     found before it is sent, and its rule can decide.
    func makeSink(
        reportingTo session: Session, for identity: PipelineIdentity, looksClosely: Bool
    ) throws(PipelineError) -> sending any RecordSink

    /// What the state topic says of a pipeline, without a session: for words about a slot that cannot be had. Takes
    /// nothing over and makes no topic.
    ///
    /// Blocks for a few seconds at most.
    ///
    /// - Returns: nil too where no position is kept, or Kafka does not answer.
    func lastPosition(of identity: PipelineIdentity) -> SourcePosition?

    /// Whether the topic is there now, by a client of its own, whose metadata is not older than the question. Makes none.
    func existence(of topic: String) async -> TopicExistence
}

/// What the cluster says of a topic when it is asked anew.
public enum TopicExistence: Hashable, Sendable {
    case exists
    /// - Parameter mayBeCreated: whether the configuration lets brokers create it.
    case missing(mayBeCreated: Bool)
    /// This client may not know.
    case refused(SinkFailure)
    /// No answer.
    case unknown
}
