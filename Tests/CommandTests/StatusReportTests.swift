import Foundation
import Observability
import ReplicationProtocol
import Testing

@testable import pqcdc_kafka

@Suite struct StatusReportTests {
    private static var report: StatusReport {
        var report = StatusReport(
            version: "0.1.0", state: "streaming", role: "active", isReady: true, reason: "streaming from slot s",
            uptime: .seconds(3725),
            slot: StatusReport.Slot(
                name: "s", database: "d", isActive: true, walStatus: "reserved", retainedBytes: 16_986_932,
                safeBytes: nil),
            configuration: StatusReport.Configuration(file: "f.yaml", sha256: "abc"))
        report.lsns.server = LSN(rawValue: 0x16_B374_D848)
        report.lsns.confirmed = LSN(rawValue: 0x16_B374_D800)
        report.lagBytes = 72
        report.lag = .seconds(3)
        report.inFlightRecords = 5
        report.inFlightBytes = 1536
        report.lastProblem = LastProblem.Problem(
            time: "2026-11-25T06:00:00.000Z", level: .warn, message: "a \"quoted\" word", advice: "look")
        report.snapshot.waiting = ["public.a", "public.b"]
        report.snapshot.running = StatusReport.Snapshot.Running(
            isRequested: true, tables: ["public.orders"], tableCount: 1, doneTables: 0, share: 0.489, rows: 1204,
            expectedRows: 2500, bytes: 98_566_144, rowsPerSecond: 100, timeLeft: .seconds(24))
        report.tables = [
            StatusReport.Table(name: "public.orders", rule: "public.orders", topic: "orders", inserts: 1200),
            StatusReport.Table(name: "public.x", skipped: 2),
        ]
        report.topics = [StatusReport.Topic(name: "orders", delivered: 1200, deliveredBytes: 4096, failed: 0)]
        return report
    }

    @Test func peopleSeeFactsAndAlignedTables() {
        #expect(
            Self.report.text == """
                pqcdc-kafka 0.1.0: streaming, ready, up 1h 2m

                               streaming from slot s
                slot           s of database d, active, wal_status reserved, 16.2 MiB retained
                WAL            server 16/B374D848, confirmed 16/B374D800
                lag            72 B, 3s
                in flight      5 records, 1.5 KiB
                snapshot       on demand, public.orders: 48%, 1,204 of ~2,500 rows, 94.0 MiB, 0:24 left
                               asked for and waiting: public.a, public.b
                last problem   2026-11-25T06:00:00.000Z warn: a "quoted" word
                               advice: look
                configuration  f.yaml, sha256 abc

                TABLE          RULE           TOPIC   INSERTS  UPDATES  DELETES  TRUNCATES  SKIPPED  FAILED  DEAD LETTERS
                public.orders  public.orders  orders     1200        0        0          0        0       0             0
                public.x       none           -             0        0        0          0        2       0             0

                TOPIC   RECORDS    BYTES  FAILED
                orders     1200  4.0 KiB       0

                """)
    }

    @Test func programsSeeJSON() throws {
        let parsed = try #require(
            JSONSerialization.jsonObject(with: Data(Self.report.json.utf8)) as? [String: Any])
        #expect(parsed["version"] as? String == "0.1.0" && parsed["ready"] as? Bool == true)
        #expect(parsed["uptimeSeconds"] as? Int == 3725)
        #expect((parsed["lsn"] as? [String: Any])?["server"] as? String == "16/B374D848")
        #expect((parsed["lsn"] as? [String: Any])?["received"] is NSNull)
        #expect((parsed["lag"] as? [String: Any])?["seconds"] as? Double == 3)
        #expect((parsed["slot"] as? [String: Any])?["safeWALBytes"] is NSNull)
        let snapshot = try #require(parsed["snapshot"] as? [String: Any])
        #expect(snapshot["waiting"] as? [String] == ["public.a", "public.b"])
        #expect((snapshot["running"] as? [String: Any])?["share"] as? Double == 0.489)
        #expect((parsed["lastError"] as? [String: Any])?["message"] as? String == "a \"quoted\" word")
        #expect((parsed["tables"] as? [[String: Any]])?.last?["rule"] is NSNull)
    }

    @Test(arguments: [
        (0, "0s"), (59, "59s"), (60, "1m 0s"), (3599, "59m 59s"), (3600, "1h 0m"), (86_400, "1d 0h"), (90_000, "1d 1h"),
    ])
    func timesAreShort(_ seconds: Int, _ text: String) {
        #expect(StatusReport.time(.seconds(seconds)) == text)
    }

    @Test(arguments: [
        (UInt64(0), "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (UInt64.max, "16777216.0 TiB"),
    ])
    func sizesAreShort(_ bytes: UInt64, _ text: String) {
        #expect(StatusReport.size(bytes) == text)
    }
}
