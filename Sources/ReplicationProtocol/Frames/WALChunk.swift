/// The frames that one reading of the socket brought, in order: their bytes in one buffer, their places in an index.
///
/// One owner at a time: the reader fills it, hands it over, and gets an emptied one back, so a busy stream allocates
/// nothing. Both buffers grow for frames that do not fit and shrink again on ``removeAll(keepingCapacity:)``.
public struct WALChunk: ~Copyable, @unchecked Sendable {
    // Sendable because this value is the only reference to its buffers, and it cannot be copied; memory of malloc's, which
    // they are, belongs to no thread (malloc(3): MT-Safe).

    private var bytes: UnsafeMutableRawBufferPointer
    private var ends: UnsafeMutableBufferPointer<Int>
    /// Bytes of all frames.
    public private(set) var byteCount = 0
    public private(set) var frameCount = 0
    /// The greatest `walEnd` of the frames' headers: how far the stream has been received.
    public private(set) var received = LSN.zero

    /// Whether a keepalive in the chunk wants an answer.
    public private(set) var replyRequested = false

    /// - Parameter capacity: bytes reserved at first.
    public init(capacity: Int) {
        bytes = .allocate(byteCount: max(capacity, 64), alignment: 16)
        ends = .allocate(capacity: Self.indexCapacity(for: capacity))
    }

    deinit {
        bytes.deallocate()
        ends.deallocate()
    }

    public var isEmpty: Bool { frameCount == 0 }

    /// Bytes that the chunk holds on to, used or not.
    public var capacity: Int { bytes.count + ends.count * MemoryLayout<Int>.stride }

    /// Copies one CopyData message into the chunk.
    public mutating func append(_ frame: UnsafeRawBufferPointer) {
        if frame.count > bytes.count - byteCount { growBytes(toFit: byteCount + frame.count) }
        if frameCount == ends.count { growIndex() }
        // An empty frame has no address; it is kept, for the decoder to refuse.
        if let source = frame.baseAddress {
            (bytes.baseAddress! + byteCount).copyMemory(from: source, byteCount: frame.count)
        }
        byteCount += frame.count
        ends[frameCount] = byteCount
        frameCount += 1
        // Both kinds of frame hold an LSN behind the kind byte (walStart, walEnd), data frames a second one (walEnd).
        if frame.count >= 17 {
            let word = frame.loadUnaligned(fromByteOffset: frame[0] == StreamFrame.walDataKind ? 9 : 1, as: UInt64.self)
            received = max(received, LSN(rawValue: UInt64(bigEndian: word)))
            if frame[0] == StreamFrame.keepaliveKind, frame[frame.count - 1] == 1 { replyRequested = true }
        }
    }

    /// The wish for an answer has been heard.
    public mutating func replyWasNoted() { replyRequested = false }

    /// Empties the chunk; a buffer that a large frame had made grow is given back.
    public mutating func removeAll(keepingCapacity capacity: Int) {
        byteCount = 0
        frameCount = 0
        received = .zero
        replyRequested = false
        if bytes.count > 2 * capacity {
            bytes.deallocate()
            bytes = .allocate(byteCount: capacity, alignment: 16)
        }
        // One doubling is a busy stream of small frames, which may keep it.
        if ends.count > 2 * Self.indexCapacity(for: capacity) {
            ends.deallocate()
            ends = .allocate(capacity: Self.indexCapacity(for: capacity))
        }
    }

    /// Lends the bytes of frame `index` to `body`.
    @inline(__always)
    public borrowing func withFrame<Result: ~Copyable, Failure: Error>(
        _ index: Int, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(index < frameCount, "a chunk lends only frames that it holds")
        let start = index == 0 ? 0 : ends[index - 1]
        return try body(UnsafeRawBufferPointer(rebasing: bytes[start..<ends[index]]).bytes)
    }

    /// Places for frames of 64 bytes, a small row's.
    private static func indexCapacity(for capacity: Int) -> Int { max(capacity / 64, 16) }

    private mutating func growBytes(toFit needed: Int) {
        // Doubling would triple the memory that a row of 100 MB needs; such a row gets just its own size.
        let grown = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(needed, min(bytes.count * 2, bytes.count + 1 << 20)), alignment: 16)
        grown.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<byteCount]))
        bytes.deallocate()
        bytes = grown
    }

    private mutating func growIndex() {
        let grown = UnsafeMutableBufferPointer<Int>.allocate(capacity: ends.count * 2)
        _ = grown.initialize(fromContentsOf: ends[..<frameCount])
        ends.deallocate()
        ends = grown
    }
}
