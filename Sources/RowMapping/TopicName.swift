/// The broker's rules for the names of topics, so that they are told before the first record.
public enum TopicName {
    /// A partition's directory is the topic's name, "-" and a number, and must fit in 255 bytes.
    static let maxLength = 249

    /// Topics that brokers keep for themselves. Most refuse what a client sends there; what one took would harm them.
    public static let internalTopics: Set<String> = [
        "__consumer_offsets", "__transaction_state", "__share_group_state", "__cluster_metadata",
        "__remote_log_metadata",
    ]

    /// What is wrong with the name; nil if nothing is.
    public static func problem(_ name: String) -> String? {
        if name.isEmpty { return "must not be empty" }
        if name.utf8.count > maxLength { return "is longer than Kafka's \(maxLength) characters" }
        if name == "." || name == ".." { return "must not be \".\" or \"..\"" }
        return name.utf8.allSatisfy(isLegal) ? nil : "may hold only letters, digits, \".\", \"_\" and \"-\""
    }

    /// Whether ``problem(_:)`` finds nothing, for a name that is not made a String.
    static func isLegal(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        guard count > 0, count <= maxLength else { return false }
        var isOnlyPoints = true
        for index in 0..<count {
            guard isLegal(bytes[index]) else { return false }
            if bytes[index] != UInt8(ascii: ".") { isOnlyPoints = false }
        }
        return !isOnlyPoints || count > 2
    }

    /// Puts one `_` in place of each character that no name may hold.
    ///
    /// The name can be illegal still: empty, `.` or `..`, too long.
    ///
    /// - Returns: the bytes that are left, since a character of several bytes becomes one.
    static func replaceIllegal(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        var end = 0
        var isInside = false
        for index in 0..<count {
            let byte = bytes[index]
            // A continuation byte belongs to the character before it.
            if isInside, byte & 0xC0 == 0x80 { continue }
            isInside = byte >= 0x80
            bytes[end] = isLegal(byte) ? byte : UInt8(ascii: "_")
            end += 1
        }
        return end
    }

    private static func isLegal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
