import Observability
import Testing

@Suite struct DaemonMetricsTests {
    let registry = MetricRegistry()
    let metrics: DaemonMetrics

    init() {
        metrics = DaemonMetrics(registry: registry, version: "0.1.0")
    }

    private var lines: [Substring] { registry.render().split(separator: "\n") }

    @Test func namesFollowTheConvention() {
        _ = metrics.table(schema: "public", name: "users")
        _ = metrics.topic("users.0")
        let units = [
            "_seconds", "_bytes", "_info", "_lsn", "_records", "_requests", "_fds", "_role", "_up", "_active",
            "_status", "_tables", "_chunks",
        ]
        for line in lines where line.hasPrefix("# TYPE ") {
            let words = line.split(separator: " ")
            let (name, kind) = (words[2], words[3])
            #expect(name.hasPrefix("pqcdc_") || name.hasPrefix("process_"), "\(name)")
            #expect((kind == "counter") == name.hasSuffix("_total"), "\(name)")
            #expect(kind == "counter" || units.contains { name.hasSuffix($0) }, "\(name)")
        }
        for line in lines where line.hasPrefix("# HELP ") {
            #expect(line.hasSuffix("."), "\(line)")
        }
    }

    @Test func everyMetricOfTheFirstSetIsThere() {
        metrics.table(schema: "public", name: "users").inserts.increment(by: 3)
        metrics.table(schema: "public", name: "logs").skipped.increment()
        metrics.topic("users.0").delivered.increment(by: 2)
        metrics.topic("users.0").failed.increment()
        metrics.receivedLSN.set(UInt64.max)
        metrics.serverLSN.set(0x16_B374_D848 as UInt64)
        metrics.confirmedLSN.set(0x16_B374_D800 as UInt64)
        metrics.inFlightRecords.set(5 as UInt64)
        metrics.inFlightBytes.set(500 as UInt64)
        metrics.transactions.increment()
        metrics.countReconnect(.fenced)
        metrics.setRole(.active)
        let expected = """
            pqcdc_build_info{version="0.1.0"} 1
            pqcdc_changes_total{operation="insert",schema="public",table="users"} 3
            pqcdc_changes_total{operation="truncate",schema="public",table="users"} 0
            pqcdc_confirmed_lsn 97500059648
            pqcdc_inflight_bytes 500
            pqcdc_inflight_records 5
            pqcdc_lag_bytes 72
            pqcdc_received_lsn 18446744073709551615
            pqcdc_reconnects_total{cause="fenced",side="kafka"} 1
            pqcdc_reconnects_total{cause="connection_lost",side="postgres"} 0
            pqcdc_records_delivered_total{topic="users.0"} 2
            pqcdc_records_failed_total{topic="users.0"} 1
            pqcdc_role{role="active"} 1
            pqcdc_role{role="passive"} 0
            pqcdc_server_lsn 97500059720
            pqcdc_skipped_changes_total{schema="public",table="logs"} 1
            pqcdc_transactions_total 1
            """
        for line in expected.split(separator: "\n") {
            #expect(lines.contains(line), "\(line)")
        }
    }

    @Test func theSlotIsAbsentWhileTheServerDoesNotAnswer() {
        #expect(!lines.contains { $0.hasPrefix("pqcdc_slot_active ") })
        metrics.slot.update(
            SlotSample(
                isActive: true, walStatus: "unreserved", retainedBytes: 7, safeBytes: nil, confirmedLSN: 9,
                decoded: nil))
        for line in [
            "pqcdc_slot_active 1", "pqcdc_slot_retained_bytes 7", "pqcdc_slot_wal_status{status=\"unreserved\"} 1",
            "pqcdc_slot_wal_status{status=\"reserved\"} 0",
        ] {
            #expect(lines.contains { $0 == line }, "\(line)")
        }
        #expect(!lines.contains { $0.hasPrefix("pqcdc_slot_safe_wal_bytes ") })
        #expect(!lines.contains { $0.hasPrefix("pqcdc_slot_spilled_bytes_total ") })
        metrics.slot.update(nil)
        #expect(!lines.contains { $0.hasPrefix("pqcdc_slot_active ") })
    }

    @Test func aBrokersSeriesGoWithItsClient() {
        metrics.client.update(
            queueRecords: 1, queueBytes: 2,
            brokers: ["b:2", "a:1"].map {
                BrokerSample(
                    name: $0, isUp: true, waitingRequests: 0, sentRequests: 0, averageRoundTrip: nil,
                    slowRoundTrip: 0.5, sendErrors: 3, receiveErrors: 0, retries: 0, timeouts: 0, disconnects: 0)
            })
        let up = lines.filter { $0.hasPrefix("pqcdc_librdkafka_broker_up{") }
        #expect(up == ["pqcdc_librdkafka_broker_up{broker=\"a:1\"} 1", "pqcdc_librdkafka_broker_up{broker=\"b:2\"} 1"])
        #expect(lines.contains("pqcdc_librdkafka_broker_rtt_p99_seconds{broker=\"a:1\"} 0.5"))
        #expect(!lines.contains { $0.hasPrefix("pqcdc_librdkafka_broker_rtt_seconds{") })
        metrics.client.clear()
        #expect(!lines.contains { $0.hasPrefix("pqcdc_librdkafka_broker_up{") })
    }

    @Test func lagIsAbsentUntilBothEndsAreKnown() {
        metrics.serverLSN.set(100 as UInt64)
        #expect(!lines.contains { $0.hasPrefix("pqcdc_lag_bytes ") })
    }

    @Test func lagIsNeverNegative() {
        metrics.serverLSN.set(100 as UInt64)
        metrics.confirmedLSN.set(200 as UInt64)
        #expect(lines.contains("pqcdc_lag_bytes 0"))
    }

    @Test(arguments: [
        ("process_start_time_seconds", 1_700_000_000.0...1e11), ("process_resident_memory_bytes", 1e6...1e12),
        ("process_cpu_seconds_total", 0.001...1e6), ("process_open_fds", 3...1e6),
    ])
    func theProcessIsMeasured(name: String, range: ClosedRange<Double>) throws {
        let line = try #require(lines.first { $0.hasPrefix("\(name) ") })
        let value = try #require(Double(line.split(separator: " ")[1]))
        #expect(range.contains(value))
    }
}
