/// Where a decoder stands in a message; every read is checked against the message's end.
///
/// The bytes are an argument of each call rather than a stored span: a stored one would need experimental lifetime
/// annotations, and measures no faster.
@usableFromInline
struct WireCursor {
    @usableFromInline var offset: Int

    @inlinable
    init(at offset: Int) { self.offset = offset }

    @inlinable
    mutating func advance(_ count: Int, _ field: StaticString, _ bytes: RawSpan) throws(ProtocolError) -> Int {
        let start = offset
        guard count <= bytes.byteCount &- start else {
            throw .truncated(field: "\(field)", offset: start, length: bytes.byteCount)
        }
        offset = start &+ count
        return start
    }

    @inlinable
    mutating func uint8(_ field: StaticString, _ bytes: RawSpan) throws(ProtocolError) -> UInt8 {
        let start = try advance(1, field, bytes)
        return bytes.unsafeLoad(fromByteOffset: start, as: UInt8.self)
    }

    @inlinable
    mutating func uint16(_ field: StaticString, _ bytes: RawSpan) throws(ProtocolError) -> UInt16 {
        let start = try advance(2, field, bytes)
        return UInt16(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt16.self))
    }

    @inlinable
    mutating func uint32(_ field: StaticString, _ bytes: RawSpan) throws(ProtocolError) -> UInt32 {
        let start = try advance(4, field, bytes)
        return UInt32(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt32.self))
    }

    @inlinable
    mutating func uint64(_ field: StaticString, _ bytes: RawSpan) throws(ProtocolError) -> UInt64 {
        let start = try advance(8, field, bytes)
        return UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self))
    }

    mutating func lsn(_ field: StaticString, _ bytes: RawSpan) throws(ProtocolError) -> LSN {
        LSN(rawValue: try uint64(field, bytes))
    }

    /// A string that ends with a zero byte.
    mutating func string(_ field: StaticString, _ bytes: RawSpan) throws(ProtocolError) -> String {
        let start = offset
        var end = start
        while end < bytes.byteCount, bytes.unsafeLoad(fromByteOffset: end, as: UInt8.self) != 0 { end += 1 }
        guard end < bytes.byteCount else {
            throw .truncated(field: "\(field)", offset: start, length: bytes.byteCount)
        }
        offset = end + 1
        let text = bytes.extracting(start..<end).withUnsafeBytes { String(validating: $0, as: UTF8.self) }
        guard let text else { throw .invalidUTF8(field: "\(field)", offset: start) }
        return text
    }

    func expectEnd(of message: Character, _ bytes: RawSpan) throws(ProtocolError) {
        guard offset == bytes.byteCount else {
            throw .trailingBytes(message: message, count: bytes.byteCount - offset)
        }
    }
}
