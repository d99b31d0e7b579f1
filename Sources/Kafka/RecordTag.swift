internal import CLibrdkafka

/// What a record carries through the client in its opaque pointer: its batch's number, and for some a hash for the
/// partitioner, which sees nothing else of ours.
///
/// From the lowest bit: the batch's number (32 bits), 31 of the hash, one that says whether there is a hash.
struct RecordTag {
    let opaque: UnsafeMutableRawPointer?
    /// What librdkafka is to be told.
    let partition: Int32

    init(batch: UInt32, _ partition: Producer.Partition) {
        var bits = UInt64(batch)
        switch partition {
        case .byKey: self.partition = RD_KAFKA_PARTITION_UA
        case .number(let number): self.partition = number
        case .hash(let hash):
            precondition(hash >= 0, "a partition's hash is not negative")
            self.partition = RD_KAFKA_PARTITION_UA
            bits |= 1 << 63 | UInt64(hash) << 32
        }
        opaque = UnsafeMutableRawPointer(bitPattern: UInt(bits))
    }

    /// The batch's number.
    static func batch(of opaque: UnsafeMutableRawPointer?) -> UInt32 {
        UInt32(truncatingIfNeeded: UInt(bitPattern: opaque))
    }

    /// The partition that the record's hash gives, for one that has a hash.
    static func partition(of opaque: UnsafeMutableRawPointer?, among count: Int32) -> Int32? {
        let bits = UInt(bitPattern: opaque)
        guard bits >> 63 == 1 else { return nil }
        return Int32(truncatingIfNeeded: (bits >> 32) & 0x7FFF_FFFF) % count
    }
}
