/// The names of Kafka's topics.
enum TopicNameText {
    /// What is wrong with the name; nil if nothing is. The broker's rules, told before the first record.
    static func problem(_ name: String) -> String? {
        if name.isEmpty { return "must not be empty" }
        // A partition's directory is the topic's name, "-" and a number, and must fit in 255 bytes.
        if name.utf8.count > 249 { return "is longer than Kafka's 249 characters" }
        if name == "." || name == ".." { return "must not be \".\" or \"..\"" }
        let isValid = name.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isValid ? nil : "may hold only letters, digits, \".\", \"_\" and \"-\""
    }
}
