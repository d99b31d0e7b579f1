import ReplicationProtocol

/// Frames as a walsender makes them, for one table `public.users (id int4, name text)`.
enum Frame {
    static func begin(xid: UInt32 = 1, final: UInt64 = 0) -> [UInt8] {
        data([0x42] + word(final) + word(UInt64(0)) + word(xid))
    }

    static func commit(end: UInt64) -> [UInt8] {
        data([0x43, 0] + word(end - 1) + word(end) + word(UInt64(0)))
    }

    static func relation(oid: UInt32 = 1, name: String = "users", columns: [String] = ["id", "name"]) -> [UInt8] {
        var message: [UInt8] = [0x52]
        message += word(oid) + text("public")
        message += text(name) + [0x64]
        message += word(UInt16(columns.count))
        for (index, column) in columns.enumerated() {
            let type: UInt32 = index == 0 ? 23 : 25
            message.append(index == 0 ? 1 : 0)
            message += text(column) + word(type)
            message += word(UInt32.max)
        }
        return data(message)
    }

    static func insert(oid: UInt32 = 1, _ values: String...) -> [UInt8] {
        var message: [UInt8] = [0x49]
        message += word(oid) + [0x4E]
        message += word(UInt16(values.count))
        for value in values {
            message.append(0x74)
            message += word(UInt32(value.utf8.count)) + Array(value.utf8)
        }
        return data(message)
    }

    /// An UPDATE without an old tuple, or with a key tuple whose first column is the key; nil stands for an unchanged TOAST
    /// value.
    static func update(oid: UInt32 = 1, oldKey: String? = nil, _ values: String?...) -> [UInt8] {
        var message: [UInt8] = [0x55]
        message += word(oid)
        if let oldKey {
            message += [0x4B] + word(UInt16(values.count)) + [0x74]
            message += word(UInt32(oldKey.utf8.count)) + Array(oldKey.utf8)
            message += Array(repeating: 0x6E, count: values.count - 1)
        }
        message.append(0x4E)
        message += word(UInt16(values.count))
        for value in values {
            guard let value else {
                message.append(0x75)
                continue
            }
            message.append(0x74)
            message += word(UInt32(value.utf8.count)) + Array(value.utf8)
        }
        return data(message)
    }

    static func message(_ prefix: String, _ content: String, transactional: Bool = true, lsn: UInt64 = 7) -> [UInt8] {
        data(
            [0x4D, transactional ? 1 : 0] + word(lsn) + text(prefix) + word(UInt32(content.utf8.count))
                + Array(content.utf8))
    }

    static func keepalive(end: UInt64) -> [UInt8] { [0x6B] + word(end) + word(UInt64(0)) + [0] }

    private static func data(_ message: [UInt8]) -> [UInt8] {
        [0x77] + word(UInt64(1)) + word(UInt64(1)) + word(UInt64(0)) + message
    }

    private static func word(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    private static func text(_ value: String) -> [UInt8] { Array(value.utf8) + [0] }
}

extension WALChunk {
    init(_ frames: [[UInt8]]) {
        self.init(capacity: 4096)
        for frame in frames { frame.withUnsafeBytes { append($0) } }
    }
}
