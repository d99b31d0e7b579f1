internal import Glibc

/// The part of librdkafka's statistics that tells an operator something.
/// <https://github.com/confluentinc/librdkafka/blob/master/STATISTICS.md>
public struct ClientStatistics: Hashable, Sendable {
    /// One broker; the client's own entries, for bootstrap addresses and coordinators, are left out.
    public struct Broker: Hashable, Sendable {
        /// `host:port`.
        public var name = ""
        public var state = ""
        /// Requests that wait to be sent, and those that wait for their answer.
        public var waitingRequests: UInt64 = 0
        public var sentRequests: UInt64 = 0
        public var sendErrors: UInt64 = 0
        public var receiveErrors: UInt64 = 0
        public var retries: UInt64 = 0
        public var timeouts: UInt64 = 0
        public var disconnects: UInt64 = 0
        /// Requests that were answered since the last statistics, and how long that took, in microseconds.
        public var answers: UInt64 = 0
        public var averageRoundTrip: UInt64 = 0
        public var slowRoundTrip: UInt64 = 0
    }

    /// Records in the client's queues and requests, and their bytes.
    public var queueRecords: UInt64 = 0
    public var queueBytes: UInt64 = 0
    public var brokers: [Broker] = []

    /// - Parameter json: NUL-terminated, as librdkafka lends it.
    init?(json: UnsafePointer<CChar>) {
        self.init(json: UnsafeRawBufferPointer(start: json, count: strlen(json)))
    }

    /// nil for what is not such a document.
    ///
    /// Reads no further than the brokers: what follows them is long, an entry for each partition.
    init?(json: UnsafeRawBufferPointer) {
        var scanner = StatisticsScanner(json)
        var hasBrokers = false
        let isWhole = scanner.members { scanner, key in
            switch key {
            case "msg_cnt": queueRecords = scanner.number()
            case "msg_size": queueBytes = scanner.number()
            case "brokers":
                hasBrokers = scanner.members { scanner, _ in
                    var broker = Broker()
                    let isOurs = Self.read(&broker, &scanner)
                    if isOurs, !brokers.contains(where: { $0.name == broker.name }) { brokers.append(broker) }
                    return true
                }
                return false
            default: scanner.skip()
            }
            return true
        }
        guard hasBrokers || isWhole else { return nil }
    }

    /// - Returns: whether it is a broker of the cluster.
    private static func read(_ broker: inout Broker, _ scanner: inout StatisticsScanner) -> Bool {
        var isOurs = false
        _ = scanner.members { scanner, key in
            switch key {
            // A bootstrap address has -1, which is no number here, and reads as 0; so its sign is looked at.
            case "nodeid": isOurs = !scanner.isNegative()
            case "nodename": broker.name = scanner.text()
            case "state": broker.state = scanner.text()
            case "outbuf_cnt": broker.waitingRequests = scanner.number()
            case "waitresp_cnt": broker.sentRequests = scanner.number()
            case "txerrs": broker.sendErrors = scanner.number()
            case "rxerrs": broker.receiveErrors = scanner.number()
            case "txretries": broker.retries = scanner.number()
            case "req_timeouts": broker.timeouts = scanner.number()
            case "disconnects": broker.disconnects = scanner.number()
            case "rtt":
                _ = scanner.members { scanner, key in
                    switch key {
                    case "avg": broker.averageRoundTrip = scanner.number()
                    case "p99": broker.slowRoundTrip = scanner.number()
                    case "cnt": broker.answers = scanner.number()
                    default: scanner.skip()
                    }
                    return true
                }
            default: scanner.skip()
            }
            return true
        }
        return isOurs && !broker.name.isEmpty
    }
}
