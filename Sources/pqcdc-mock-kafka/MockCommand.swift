/// One line of standard input, understood.
enum MockCommand: Equatable {
    case down(broker: Int32)
    case up(broker: Int32)
    case roundTripTime(milliseconds: Int32, broker: Int32)
    case fail(apiKey: Int16, code: Int32, count: Int)
    case create(topic: String, partitions: Int32)
    case leader(topic: String, partition: Int32, broker: Int32)

    /// librdkafka's word for every broker of the cluster.
    static let allBrokers: Int32 = -1

    /// Reads a line; nothing about it is guessed.
    init(line: String) throws(MockError) {
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        switch (words.first, words.count) {
        case ("down", 1): self = .down(broker: Self.allBrokers)
        case ("down", 2): self = .down(broker: try number(words[1]))
        case ("up", 1): self = .up(broker: Self.allBrokers)
        case ("up", 2): self = .up(broker: try number(words[1]))
        case ("rtt", 2): self = .roundTripTime(milliseconds: try number(words[1]), broker: Self.allBrokers)
        case ("rtt", 3): self = .roundTripTime(milliseconds: try number(words[1]), broker: try number(words[2]))
        case ("error", 4):
            self = .fail(apiKey: try number(words[1]), code: try number(words[2]), count: try number(words[3]))
        case ("create", 3): self = .create(topic: words[1], partitions: try number(words[2]))
        case ("leader", 4):
            self = .leader(topic: words[1], partition: try number(words[2]), broker: try number(words[3]))
        default: throw MockError("not a command: \(line)")
        }
    }
}

private func number<Value: FixedWidthInteger>(_ word: String) throws(MockError) -> Value {
    guard let value = Value(word) else { throw MockError("not a number in range: \(word)") }
    return value
}
