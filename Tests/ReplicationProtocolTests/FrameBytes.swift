/// Frames as a walsender writes them.
enum FrameBytes {
    static func walData(start: UInt64, end: UInt64, time: Int64 = 0, payload: [UInt8] = []) -> [UInt8] {
        [UInt8(ascii: "w")] + word(start) + word(end) + word(UInt64(bitPattern: time)) + payload
    }

    static func keepalive(end: UInt64, time: Int64 = 0, reply: UInt8 = 0) -> [UInt8] {
        [UInt8(ascii: "k")] + word(end) + word(UInt64(bitPattern: time)) + [reply]
    }

    private static func word(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) }
    }
}
