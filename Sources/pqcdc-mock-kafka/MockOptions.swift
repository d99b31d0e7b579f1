/// What the command line asks for.
struct MockOptions {
    var brokers = 1
    /// Topics to create before the cluster is announced, with their partition counts.
    var topics: [(name: String, partitions: Int)] = []
    var help = false

    static let usage = """
        Usage: pqcdc-mock-kafka [--brokers N] [--topic NAME:PARTITIONS]...

        Hosts librdkafka's mock Kafka cluster on loopback, for demo, tests and benchmarks. It prints one line,
        bootstrap.servers=HOST:PORT[,...], when it is ready, and ends when its standard input does or on SIGTERM.
        The library picks the ports, and gives a topic that it creates on demand 4 partitions.

        Commands on standard input, one a line, each answered with "ok" or "error REASON"
        (a broker is a number from 1; without one, or with -1, all are meant):
          down [BROKER]                        close its connections and refuse further ones
          up [BROKER]                          accept connections again
          rtt MILLISECONDS [BROKER]            delay every answer
          error API-KEY ERROR-CODE COUNT       fail the next COUNT requests of this kind (produce is 0)
          create TOPIC PARTITIONS              create a topic
          leader TOPIC PARTITION BROKER        move a partition (here -1: leave it without a leader)

        """

    /// Reads the arguments, without the program's name.
    init(arguments: [String]) throws(MockError) {
        var rest = arguments[...]
        while let option = rest.popFirst() {
            switch option {
            case "--help", "-h":
                help = true
            case "--brokers":
                brokers = try positive(rest.popFirst(), of: option)
            case "--topic":
                let parts = (rest.popFirst() ?? "").split(separator: ":", omittingEmptySubsequences: false)
                guard parts.count == 2, !parts[0].isEmpty else {
                    throw MockError("\(option) needs NAME:PARTITIONS")
                }
                topics.append((String(parts[0]), try positive(String(parts[1]), of: option)))
            default:
                throw MockError("unknown option \"\(option)\"")
            }
        }
    }
}

private func positive(_ text: String?, of option: String) throws(MockError) -> Int {
    guard let text, let value = Int(text), value > 0, value <= 1000 else {
        throw MockError("\(option) needs a number from 1 to 1000")
    }
    return value
}
