public import ReplicationProtocol

extension RecordBatch {
    /// One record: where it goes, and the places of its parts in ``RecordBatch/bytes``.
    ///
    /// Key, value and headers follow each other without a gap.
    public struct Record: Sendable {
        /// Where the key begins.
        public var offset: Int
        /// Negative for a record without a key.
        public var keyLength: Int
        /// Negative for a record without a value (a tombstone).
        public var valueLength: Int
        /// As ``HeaderReader`` reads them.
        public var headersLength = 0
        /// The number that the topic was opened under.
        public var topic: Int32
        /// The number of the table whose plan made it; what ``RowPlan/number`` says.
        public var table: Int32
        public var partition = Partition.byKey
        /// Milliseconds since 1970; 0 leaves the time to the client.
        public var timestamp: Int64 = 0
        /// Where the change stands.
        public var lsn: LSN

        /// What ``table`` says of a record that belongs to the pipeline itself.
        public static let noTable = Int32.max

        public var keyOffset: Int { offset }
        public var valueOffset: Int { offset &+ max(keyLength, 0) }
        public var headersOffset: Int { valueOffset &+ max(valueLength, 0) }
        /// Of key, value and headers together.
        public var byteCount: Int { headersOffset &+ headersLength &- offset }
    }

    /// What decides about a record's partition.
    public enum Partition: Hashable, Sendable {
        /// The key, by the client's partitioner; any partition for a record without one.
        case byKey
        case number(Int32)
        /// This hash, which is not negative, modulo the number of partitions.
        case hash(Int32)
    }
}
