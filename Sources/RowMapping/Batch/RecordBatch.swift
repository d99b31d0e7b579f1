internal import ReplicationProtocol

/// Kafka records being built: keys, values and headers in one buffer, their places in an index.
///
/// Reused for every flush, so that a busy stream allocates nothing. Both buffers grow for a row that does not fit and
/// shrink again on ``removeAll(keepingCapacity:)``.
public struct RecordBatch: ~Copyable, @unchecked Sendable {
    // Sendable because this value is the only reference to its buffers, and it cannot be copied; memory of malloc's, which
    // they are, belongs to no thread (malloc(3): MT-Safe).

    /// Room behind every reservation, so that an encoder may copy whole words past the end of what it means.
    static let slack = 32

    public private(set) var bytes: UnsafeMutablePointer<UInt8>
    private(set) var capacity: Int
    private var records: UnsafeMutablePointer<Record>
    private var recordCapacity: Int
    /// Where an encoder takes a value apart; never part of a record.
    private var scratch: UnsafeMutablePointer<UInt8>
    private var scratchCapacity = 256
    public private(set) var byteCount = 0
    public private(set) var count = 0
    /// The topics that a record may name.
    private(set) var topics = TopicNumbers()

    /// - Parameter capacity: bytes reserved at first.
    public init(capacity: Int) {
        self.capacity = capacity
        bytes = .allocate(capacity: capacity + Self.slack)
        recordCapacity = 1024
        records = .allocate(capacity: recordCapacity)
        scratch = .allocate(capacity: scratchCapacity)
    }

    deinit {
        bytes.deallocate()
        records.deallocate()
        scratch.deallocate()
    }

    public var isEmpty: Bool { count == 0 }

    /// How much a batch holds: what it can be taken back to.
    public struct Mark: Sendable {
        var byteCount: Int
        var count: Int
    }

    @inline(__always)
    public var mark: Mark { Mark(byteCount: byteCount, count: count) }

    /// Takes back everything that was appended behind `mark`, finished or not.
    public mutating func rewind(to mark: Mark) {
        precondition(mark.byteCount <= byteCount && mark.count <= count, "a batch is taken back, not forth")
        byteCount = mark.byteCount
        count = mark.count
    }

    /// Says that the topic `name` is open under `number`, so that rows may decide for it.
    public mutating func open(topic name: String, number: Int) {
        var name = name
        name.withUTF8 { topics.insert($0, number: Int32(number)) }
    }

    /// Says that rows which name the topic are errors of these rows, until ``forgetRefusedTopics()``.
    public mutating func refuse(topic name: String, _ refusal: TopicRefusal) {
        var name = name
        name.withUTF8 { topics.insert($0, number: refusal.rawValue) }
    }

    /// Has the next row of each refused topic ask for it again.
    public mutating func forgetRefusedTopics() { topics.forgetRefusals() }

    public subscript(index: Int) -> Record {
        precondition(index < count, "a batch lends only records that it has")
        return records[index]
    }

    /// Empties the batch; a buffer that a large row had made grow is given back.
    public mutating func removeAll(keepingCapacity kept: Int) {
        byteCount = 0
        count = 0
        if capacity > 2 * kept {
            bytes.deallocate()
            bytes = .allocate(capacity: kept + Self.slack)
            capacity = kept
        }
        if scratchCapacity > kept {
            scratch.deallocate()
            scratchCapacity = 256
            scratch = .allocate(capacity: scratchCapacity)
        }
    }

    /// Where the next byte goes; at least `count` bytes (and the slack) may be written there.
    @inline(__always)
    mutating func reserve(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if count > capacity - byteCount { grow(toFit: byteCount + count) }
        return bytes + byteCount
    }

    /// Room for `count` bytes beside the batch, until the next call.
    mutating func scratchSpace(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if count > scratchCapacity {
            scratch.deallocate()
            scratchCapacity = count
            scratch = .allocate(capacity: count)
        }
        return scratch
    }

    /// Makes what was written up to `end` part of the batch.
    @inline(__always)
    mutating func advance(to end: UnsafeMutablePointer<UInt8>) {
        byteCount = end - bytes
        assert(byteCount <= capacity + Self.slack, "an encoder wrote more than it had reserved")
    }

    /// Appends a record that is of no table.
    public mutating func append(key: [UInt8], value: [UInt8]?, topic: Int) {
        let record = Record(
            offset: byteCount, keyLength: key.count, valueLength: value?.count ?? -1, topic: Int32(topic),
            table: Record.noTable, lsn: .zero)
        append(key)
        if let value { append(value) }
        append(record)
    }

    /// Appends bytes as they are.
    mutating func append(_ bytes: [UInt8]) {
        let output = reserve(bytes.count)
        output.update(from: bytes, count: bytes.count)
        advance(to: output + bytes.count)
    }

    /// Appends `count` bytes as they are.
    mutating func append(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
        let output = reserve(count)
        output.update(from: bytes, count: count)
        advance(to: output + count)
    }

    @inline(__always)
    mutating func append(_ text: StaticString) {
        let output = reserve(text.utf8CodeUnitCount)
        output.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        advance(to: output + text.utf8CodeUnitCount)
    }

    @inline(__always)
    mutating func append(_ record: Record) {
        if count == recordCapacity { growIndex() }
        records[count] = record
        count += 1
    }

    @inline(never)
    private mutating func grow(toFit needed: Int) {
        // Doubling would double the memory that a row of 100 MB needs; such a row gets just its own size.
        let grownCapacity = max(needed, min(capacity * 2, capacity + 1 << 20))
        let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: grownCapacity + Self.slack)
        grown.update(from: bytes, count: byteCount)
        bytes.deallocate()
        bytes = grown
        capacity = grownCapacity
    }

    @inline(never)
    private mutating func growIndex() {
        let grown = UnsafeMutablePointer<Record>.allocate(capacity: recordCapacity * 2)
        grown.update(from: records, count: count)
        records.deallocate()
        records = grown
        recordCapacity *= 2
    }
}
