/// Lines of COPY that are kept until it is known which of them are wanted: their bytes in one buffer, their ends in an
/// index.
///
/// One owner at a time. Each line can be decoded once, since ``CopyRow`` resolves its escapes in place.
public struct CopyLines: ~Copyable, @unchecked Sendable {
    // Sendable because this value is the only reference to its buffer, and it cannot be copied; memory of malloc's, which
    // the buffer is, belongs to no thread (malloc(3): MT-Safe).

    private var bytes: UnsafeMutableRawBufferPointer
    private var ends: [Int] = []

    /// - Parameter capacity: bytes reserved at first.
    public init(capacity: Int = 64 * 1024) {
        bytes = .allocate(byteCount: max(capacity, 64), alignment: 16)
    }

    deinit { bytes.deallocate() }

    public var count: Int { ends.count }
    public var byteCount: Int { ends.last ?? 0 }

    /// Copies one line.
    public mutating func append(_ line: UnsafeMutableRawBufferPointer) {
        let start = byteCount
        if line.count > bytes.count - start { grow(toFit: start + line.count) }
        if let source = line.baseAddress {
            (bytes.baseAddress! + start).copyMemory(from: source, byteCount: line.count)
        }
        ends.append(start + line.count)
    }

    /// Lends line `index` to `body`, which may write to it.
    public mutating func withLine<Result: ~Copyable, Failure: Error>(
        _ index: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(index < ends.count, "only lines that are there can be lent")
        let start = index == 0 ? 0 : ends[index - 1]
        return try body(UnsafeMutableRawBufferPointer(rebasing: bytes[start..<ends[index]]))
    }

    private mutating func grow(toFit needed: Int) {
        let grown = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(needed, min(bytes.count * 2, bytes.count + 1 << 20)), alignment: 16)
        grown.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<byteCount]))
        bytes.deallocate()
        bytes = grown
    }
}
