extension Mask {
    /// How many bytes ``write(_:_:to:)`` makes of `count` bytes at most.
    func bound(_ count: Int) -> Int {
        switch self {
        case .redact: Self.redacted.utf8CodeUnitCount
        case .sha256, .hmacSHA256: SHA256Digest.hexCount
        case .last: count
        // Four bytes are the longest scalar.
        case .truncate(let kept): min(count, 4 &* max(0, min(kept, count)))
        }
    }

    /// Writes what stands for a value of `count` bytes: plain text, in which JSON may have to escape something.
    ///
    /// Characters are Unicode scalars. Bytes that are no UTF-8, which a database in SQL_ASCII may hold, count one each.
    ///
    /// - Returns: how many bytes were written.
    func write(_ input: UnsafePointer<UInt8>, _ count: Int, to output: UnsafeMutablePointer<UInt8>) -> Int {
        switch self {
        case .redact:
            output.update(from: Self.redacted.utf8Start, count: Self.redacted.utf8CodeUnitCount)
            return Self.redacted.utf8CodeUnitCount
        case .sha256:
            guard SHA256Digest.write(input, count, to: output) else { Self.cannotHash() }
            return SHA256Digest.hexCount
        case .hmacSHA256(let key):
            guard SHA256Digest.write(input, count, key: key.bytes, to: output) else { Self.cannotHash() }
            return SHA256Digest.hexCount
        case .last(let kept): return Self.writeLast(kept, input, count, to: output)
        case .truncate(let kept):
            var end = 0
            var scalars = 0
            while end < count, scalars < kept {
                end = Self.scalarEnd(input, end, count)
                scalars += 1
            }
            output.update(from: input, count: end)
            return end
        }
    }

    private static let redacted: StaticString = "***"

    private static func writeLast(
        _ kept: Int, _ input: UnsafePointer<UInt8>, _ count: Int, to output: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var scalars = 0
        var next = 0
        while next < count {
            next = scalarEnd(input, next, count)
            scalars += 1
        }
        // A text no longer than what is kept would go out in clear.
        let masked = scalars > kept ? scalars - max(0, kept) : scalars
        next = 0
        for index in 0..<masked {
            output[index] = UInt8(ascii: "*")
            next = scalarEnd(input, next, count)
        }
        (output + masked).update(from: input + next, count: count - next)
        return masked + count - next
    }

    /// Behind the scalar that begins at `start`. Where its bytes are cut short, behind those that it has.
    @inline(__always)
    private static func scalarEnd(_ input: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> Int {
        let length =
            switch input[start] {
            case 0xC0...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF7: 4
            default: 1
            }
        var end = start + 1
        while end < count, end - start < length, input[end] & 0xC0 == 0x80 { end += 1 }
        return end
    }

    private static func cannotHash() -> Never {
        preconditionFailure("libcrypto computed a digest when the mask was read: \(SHA256Digest.failure)")
    }
}
