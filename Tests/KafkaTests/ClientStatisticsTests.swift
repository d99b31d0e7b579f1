import Testing

@testable import Kafka

@Suite struct ClientStatisticsTests {
    /// What librdkafka 2.0.2 says, cut down to one of each kind.
    private static let document = """
        { "name": "pqcdc-kafka#producer-1", "client_id": "pqcdc-kafka", "type": "producer", "ts":5016483227792, \
        "time":1527060869, "age":5, "replyq":0, "msg_cnt":22710, "msg_size":704010, "msg_max":500000, \
        "msg_size_max":1073741824, "simple_cnt":0, "metadata_cache_cnt":1, "brokers":{ \
        "localhost:9092/bootstrap": { "name":"localhost:9092/bootstrap", "nodeid":-1, "nodename":"localhost:9092", \
        "source":"configured", "state":"UP", "txerrs":7, "rtt": { "avg":9, "p99":9, "cnt":9 } }, \
        "kafka-2:9092/2": { "name":"kafka-2:9092/2", "nodeid":2, "nodename":"kafka-2:9092", "source":"learned", \
        "state":"UP", "stateage":9057234, "outbuf_cnt":3, "outbuf_msg_cnt":0, "waitresp_cnt":4, "waitresp_msg_cnt":0, \
        "tx":320, "txbytes":84283332, "txerrs":1, "txretries":5, "txidle":-1, "req_timeouts":6, "rx":320, \
        "rxbytes":15708, "rxerrs":2, "rxcorriderrs":0, "rxpartial":0, "zbuf_grow":0, "buf_grow":0, "wakeups":591067, \
        "connects":1, "disconnects":8, "int_latency": { "min":86, "avg":23726, "p99":59135, "cnt":29 }, \
        "rtt": { "min":1580, "max":3389, "avg":2349, "sum":79868, "stddev":474, "p50":2319, "p99":3391, \
        "p99_99":3391, "outofrange":0, "hdrsize":13424, "cnt":34 }, "req": { "Produce":307, "Fetch":0 }, \
        "toppars":{ "test-1": { "topic":"test", "partition":1 } } }, \
        "GroupCoordinator": { "name":"GroupCoordinator", "nodeid":-1, "nodename":"", "state":"INIT" } }, \
        "topics":{ "test": { "topic":"test", "partitions":{ "1": { "partition":1, "msgq_cnt":9 } } } }, "tx":631 }
        """

    private static func statistics(_ text: String) -> ClientStatistics? {
        Array(text.utf8).withUnsafeBytes { ClientStatistics(json: $0) }
    }

    @Test func whatMattersIsTakenOutOfIt() throws {
        let statistics = try #require(Self.statistics(Self.document))
        var broker = ClientStatistics.Broker()
        broker.name = "kafka-2:9092"
        broker.state = "UP"
        broker.waitingRequests = 3
        broker.sentRequests = 4
        broker.sendErrors = 1
        broker.receiveErrors = 2
        broker.retries = 5
        broker.timeouts = 6
        broker.disconnects = 8
        broker.answers = 34
        broker.averageRoundTrip = 2349
        broker.slowRoundTrip = 3391
        #expect(statistics.queueRecords == 22_710 && statistics.queueBytes == 704_010)
        // Neither the bootstrap address nor the coordinator, which are brokers once more.
        #expect(statistics.brokers == [broker])
    }

    @Test func nothingBehindTheBrokersIsRead() throws {
        let head = try #require(Self.document.firstRange(of: "\"topics\""))
        let cut = String(Self.document[..<head.lowerBound])
        #expect(Self.statistics(cut) == Self.statistics(Self.document))
    }

    @Test func cutAtAnyLengthItIsReadOrRefusedAndNeverTraps() {
        let bytes = Array(Self.document.utf8)
        for length in 0..<bytes.count {
            bytes[..<length].withUnsafeBytes { part in
                let statistics = ClientStatistics(json: part)
                #expect(statistics.map { $0.brokers.count <= 1 } ?? true)
            }
        }
    }

    @Test(arguments: [
        "", "[]", "null", "{", "{\"brokers\":[]}", "{\"msg_cnt\":}", "{\"a\":{\"b\":[1,2,{}]},\"c\":\"\\\"}\"",
        "{\"brokers\":{\"a\":1}}", "{\"msg_cnt\":99999999999999999999999}", "{\"a\" 1}", "{{{{", "}}}}", "\"\\",
    ])
    func whatIsNoneIsRefusedOrEmpty(_ text: String) {
        #expect(Self.statistics(text)?.brokers.isEmpty ?? true)
    }

    @Test func anyByteMayBeAnother() {
        let bytes = Array(Self.document.utf8)
        for index in stride(from: 0, to: bytes.count, by: 3) {
            for byte in [UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "}"), 0, 0xFF, UInt8(ascii: "\\")] {
                var damaged = bytes
                damaged[index] = byte
                _ = damaged.withUnsafeBytes { ClientStatistics(json: $0) }
            }
        }
    }
}
