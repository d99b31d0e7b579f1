/// When a batch is flushed.
public struct BatchLimits: Hashable, Sendable {
    /// `producerBatchSize`.
    public var records: Int
    /// `producerBatchBytes`.
    public var bytes: Int
    /// `producerBatchTickerDuration`: this long after the batch's first record. Zero flushes whenever the stream
    /// pauses.
    public var ticker: Duration

    public init(records: Int, bytes: Int, ticker: Duration) {
        self.records = records
        self.bytes = bytes
        self.ticker = ticker
    }
}
