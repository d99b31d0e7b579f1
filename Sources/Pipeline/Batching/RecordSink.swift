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

    /// Gives up what is undelivered and ends the client.
    nonisolated(nonsending) func close() async
}

/// Makes the sink of a session; its delivery reports go to `checkpoint`, its failures to `session`.
public protocol RecordSinkFactory: Sendable {
    func makeSink(reportingTo session: Session) throws(PipelineError) -> sending any RecordSink
}
