public import RowMapping

/// What the pipeline is to do, and within which bounds.
public struct PipelinePlan: Sendable {
    public var rules: MappingRules
    public var batch: BatchLimits
    /// Bytes of one chunk of the stream; three exist.
    public var chunkBytes: Int
    /// Bytes that may wait for delivery reports, each record's own overhead included.
    public var inFlightLimit: Int
    public var shutdownTimeout: Duration
    /// How often a passive instance looks whether the slot is free.
    public var activityCheckerInterval: Duration
    public var position: PositionPlan
    public var snapshot: SnapshotPlan
    /// `cdc.snapshot.onDemand`.
    public var requests = RequestPolicy.off

    /// Bytes that are taken whatever happens: three chunks, and the batch.
    public var reservedBytes: Int { 3 * chunkBytes + batch.bytes }

    /// What librdkafka keeps for a record besides its key and value, in bytes.
    public static let recordOverhead = 256

    /// Divides `memoryLimit` between the stream's chunks, the batch and what is in flight.
    public init(
        rules: MappingRules, batch: BatchLimits, memoryLimit: Int, shutdownTimeout: Duration,
        activityCheckerInterval: Duration, position: PositionPlan = PositionPlan(),
        snapshot: SnapshotPlan = SnapshotPlan()
    ) {
        self.rules = rules
        self.batch = batch
        self.batch.bytes = min(batch.bytes, memoryLimit / 8)
        chunkBytes = max(64 * 1024, min(memoryLimit / 128, 512 * 1024))
        // Beside these bytes librdkafka holds the requests that carry them, up to 5 MB.
        inFlightLimit = memoryLimit / 6
        self.shutdownTimeout = shutdownTimeout
        self.activityCheckerInterval = activityCheckerInterval
        self.position = position
        self.snapshot = snapshot
    }
}
