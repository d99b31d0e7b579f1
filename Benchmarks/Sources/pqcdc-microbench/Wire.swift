import ReplicationProtocol

/// Builds the frames that a walsender would send.
struct Wire {
    private(set) var bytes: [UInt8] = []

    mutating func add<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func add(_ letter: Character) { bytes.append(letter.asciiValue!) }

    mutating func add(_ text: String) {
        bytes += Array(text.utf8)
        bytes.append(0)
    }

    mutating func add(tuple values: [String]) {
        add(UInt16(values.count))
        for value in values {
            add(Character("t"))
            add(UInt32(value.utf8.count))
            bytes += Array(value.utf8)
        }
    }

    /// An XLogData frame around the message that `payload` writes.
    static func frame(_ payload: (inout Wire) -> Void) -> [UInt8] {
        var wire = Wire()
        wire.add(Character("w"))
        wire.add(UInt64(0x1_6B37_4D84))
        wire.add(UInt64(0x1_6B37_4D84))
        wire.add(UInt64(0))
        payload(&wire)
        return wire.bytes
    }

    static let begin = frame {
        $0.add(Character("B"))
        $0.add(UInt64(0x1_6B37_4D84))
        $0.add(UInt64(0))
        $0.add(UInt32(731))
    }

    static let commit = frame {
        $0.add(Character("C"))
        $0.add(UInt8(0))
        $0.add(UInt64(0x1_6B37_4D84))
        $0.add(UInt64(0x1_6B37_4DB8))
        $0.add(UInt64(0))
    }
}
