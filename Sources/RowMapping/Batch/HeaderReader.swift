/// Reads the headers of a record as ``HeaderPlan`` has written them: for each its name's and its value's length, then
/// both.
public struct HeaderReader {
    private var next: UnsafeRawPointer
    private let end: UnsafeRawPointer

    /// - Parameter bytes: of one record's headers; they must stay where they are.
    public init(_ bytes: UnsafeRawBufferPointer) {
        // Without headers there may be no address either; nothing is read from it then.
        next = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!
        end = next + bytes.count
    }

    /// The next header; nil behind the last.
    @inline(__always)
    public mutating func header() -> (name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)? {
        guard next < end else { return nil }
        let nameLength = Int(next.loadUnaligned(as: UInt64.self))
        let valueLength = Int(next.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        let name = next + HeaderPlan.lengths
        next = name + nameLength + valueLength
        return (
            UnsafeRawBufferPointer(start: name, count: nameLength),
            UnsafeRawBufferPointer(start: name + nameLength, count: valueLength)
        )
    }
}
