import Foundation
import TestSupport
import Testing

/// `/healthz`, `/readyz` and `/status` of the running daemon: what they say must be true.
@Suite(.serialized) struct ReadinessTests {
    /// A scene with a cluster of its own, and a daemon that is not ready after a stall of two seconds.
    private struct Stage {
        let scene: Scene
        let cluster: MockKafka
        let port: UInt16
        let daemon: DaemonProcess

        init(kafka: [String] = [], publishing: String = "FOR ALL TABLES") throws {
            cluster = try MockKafka()
            scene = try Scene(
                NumberedRows.schema, rules: NumberedRows.rules, publishing: publishing, on: cluster)
            port = try FreePort.next()
            daemon = try scene.run(
                scene.configuration(kafka: kafka, top: ["readiness: {maxStall: 2s}"], metricPort: port))
        }

        func ask(_ path: String) throws -> HTTPAnswer { try HTTPAnswer(port: port, path: path) }

        func waitForReadiness(_ status: Int) throws {
            try eventually(within: .seconds(60), "/readyz with \(status)") { try ask("/readyz").status == status }
        }
    }

    @Test(
        "Failure mode 22: while Kafka is away /readyz fails with the reason, and the metrics tell the stall",
        arguments: [false, true])
    func aStallIsSeen(hangs: Bool) throws {
        let stage = try Stage()
        try stage.scene.sql.execute(NumberedRows.insert(after: 0, upTo: 10))
        try stage.scene.waitUntilConfirmed(try stage.scene.currentLSN(), within: .seconds(60))
        #expect(try stage.ask("/readyz").body.hasPrefix("ready: streaming from slot \(stage.scene.slot)"))
        if hangs { stage.cluster.pause() } else { try stage.cluster.takeDown() }
        try stage.scene.sql.execute(NumberedRows.insert(after: 10, upTo: 20))
        try stage.waitForReadiness(503)
        let answer = try stage.ask("/readyz")
        #expect(
            answer.body.hasPrefix("not ready: nothing has been confirmed for ")
                && answer.body.contains("although the server is ahead"), "\(answer.body)")
        // The process lives, and says so; only readiness fails.
        #expect(try stage.ask("/healthz").status == 200)
        let samples = try stage.ask("/metrics").samples
        #expect(samples["pqcdc_lag_seconds", default: 0] >= 2, "\(samples)")
        #expect(samples["pqcdc_inflight_records", default: 0] >= 10)
        #expect(samples[#"pqcdc_role{role="active"}"#] == 1)
        if hangs { stage.cluster.resume() } else { try stage.cluster.bringUp() }
        try stage.waitForReadiness(200)
        try stage.scene.waitUntilConfirmed(try stage.scene.currentLSN(), within: .seconds(60))
        expectCleanStop(stage.daemon)
    }

    @Test("Failure mode 19: under traffic without a pause the confirmed LSN moves, and /readyz stays ready")
    func trafficWithoutAPauseIsConfirmed() throws {
        let stage = try Stage()
        let writer = BackgroundWriter(to: stage.scene, pause: 1000)
        var seen: Set<Double> = []
        try eventually(within: .seconds(60), "five confirmed LSNs in the metrics") {
            if let lsn = try stage.ask("/metrics").samples["pqcdc_confirmed_lsn"], lsn > 0 { seen.insert(lsn) }
            return seen.count >= 5
        }
        #expect(try stage.ask("/status").body.contains("\"state\": \"streaming\""))
        let count = try writer.stop()
        #expect(count > 0)
        try stage.waitForReadiness(200)
        expectCleanStop(stage.daemon)
    }

    @Test("Failure mode 20: traffic on a table that is not published moves the confirmed LSN in the metrics")
    func trafficThatIsNotPublishedIsConfirmed() throws {
        let stage = try Stage(publishing: "FOR TABLE rows")
        let before = try stage.ask("/metrics").samples["pqcdc_confirmed_lsn", default: 0]
        try stage.scene.sql.execute("CREATE TABLE other (i int)")
        for _ in 0..<3 { try stage.scene.sql.execute("INSERT INTO other SELECT generate_series(1, 100)") }
        try stage.scene.waitUntilConfirmed(try stage.scene.currentLSN(), within: .seconds(60))
        try eventually(within: .seconds(60), "the confirmed LSN in the metrics") {
            try stage.ask("/metrics").samples["pqcdc_confirmed_lsn", default: 0] > before
        }
        try stage.waitForReadiness(200)
        expectCleanStop(stage.daemon)
    }

    @Test func whatIsNoChangeAndWhatIsNotCommittedIsNoStall() throws {
        let stage = try Stage()
        // A transaction that stays open, with WAL of its own; and WAL without any row, up to a segment's end.
        let other = try stage.scene.session()
        try other.execute("BEGIN; \(NumberedRows.insert(after: 0, upTo: 10))")
        for _ in 0..<3 {
            try stage.scene.sql.execute("SELECT pg_switch_wal()")
            try stage.scene.sql.execute("CHECKPOINT")
            let end = try #require(
                try stage.scene.sql.value("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn").flatMap { Double($0) })
            try eventually(within: .seconds(60), "the server's LSN in the metrics, and no lag") {
                let samples = try stage.ask("/metrics").samples
                return samples["pqcdc_server_lsn", default: 0] >= end && samples["pqcdc_lag_seconds"] == 0
            }
            #expect(try stage.ask("/readyz").status == 200)
        }
        try other.execute("COMMIT")
        try stage.scene.waitUntilConfirmed(try stage.scene.currentLSN(), within: .seconds(60))
        expectCleanStop(stage.daemon)
    }

    @Test func whatHappensIsMeasured() throws {
        let stage = try Stage(kafka: ["properties: {statistics.interval.ms: 200}"])
        try stage.scene.sql.execute(NumberedRows.insert(after: 0, upTo: 500))
        try stage.scene.waitUntilConfirmed(try stage.scene.currentLSN(), within: .seconds(60))
        var samples: [String: Double] = [:]
        let topic = stage.scene.topic(stage.scene.rules.keys.first ?? "")
        try eventually(within: .seconds(60), "every kind of metric") {
            samples = try stage.ask("/metrics").samples
            return samples["pqcdc_slot_active"] == 1
                && samples.keys.contains { $0.hasPrefix("pqcdc_librdkafka_broker_up{") }
                && samples[#"pqcdc_records_delivered_total{topic="\#(topic)"}"#] == 500
        }
        #expect(samples["pqcdc_delivery_latency_seconds_count", default: 0] >= 1, "\(samples)")
        #expect(samples["pqcdc_batch_records_sum", default: 0] == 500)
        #expect(samples["pqcdc_batch_bytes_sum", default: 0] > 500)
        #expect(samples["pqcdc_flush_duration_seconds_count"] == samples["pqcdc_batch_records_count"])
        #expect(samples[#"pqcdc_bytes_delivered_total{topic="\#(topic)"}"#, default: 0] > 500)
        #expect(samples["pqcdc_postgres_up"] == 1)
        #expect(samples["pqcdc_slot_retained_bytes"] != nil)
        #expect(samples[#"pqcdc_slot_wal_status{status="reserved"}"#] == 1)
        #expect(samples["pqcdc_slot_decoded_transactions_total"] != nil)
        #expect(samples["pqcdc_memory_limit_bytes"] == Double(32 << 20))
        #expect(samples["pqcdc_memory_used_bytes", default: 0] > 0)
        #expect(
            samples[
                #"pqcdc_pipeline_info{database="\#(stage.scene.database)",delivery="at-least-once",slot="\#(stage.scene.slot)"}"#
            ] == 1)
        #expect(samples["pqcdc_librdkafka_queue_records"] != nil)
        expectCleanStop(stage.daemon)
    }

    @Test func theStatusIsJSONThatHoldsWhatAnOperatorAsks() throws {
        let stage = try Stage()
        try stage.scene.sql.execute("CREATE TABLE other (id int PRIMARY KEY); INSERT INTO other VALUES (1), (2)")
        try stage.scene.sql.execute(NumberedRows.insert(after: 0, upTo: 7))
        try stage.scene.waitUntilConfirmed(try stage.scene.currentLSN(), within: .seconds(60))
        let answer = try stage.ask("/status")
        #expect(answer.head.contains("application/json"))
        #expect(!answer.body.contains(stage.scene.password))
        let status = try #require(
            JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any], "\(answer.body)")
        #expect(status["state"] as? String == "streaming" && status["role"] as? String == "active")
        #expect(status["ready"] as? Bool == true)
        #expect((status["slot"] as? [String: Any])?["name"] as? String == stage.scene.slot)
        #expect((status["lsn"] as? [String: Any])?["confirmed"] is String)
        let tables = try #require(status["tables"] as? [[String: Any]])
        let named = Dictionary(uniqueKeysWithValues: tables.map { ($0["table"] as? String ?? "", $0) })
        #expect(named["public.rows"]?["inserts"] as? Int == 7, "\(tables)")
        #expect(named["public.rows"]?["rule"] as? String == "public.rows")
        #expect(named["public.other"]?["skipped"] as? Int == 2 && named["public.other"]?["rule"] is NSNull)
        let configuration = try #require(status["configuration"] as? [String: Any])
        #expect(configuration["file"] as? String == stage.daemon.configurationPath)
        let sum = try ChildProcess.run(
            "/usr/bin/sha256sum", [stage.daemon.configurationPath], environment: [:], within: .seconds(60))
        #expect(sum.output.hasPrefix(try #require(configuration["sha256"] as? String)))
        // The warning about the table without a rule.
        let last = try #require(status["lastError"] as? [String: Any], "\(status)")
        #expect((last["message"] as? String)?.contains("no rule names") == true && last["advice"] is String)
        #expect((last["time"] as? String)?.hasPrefix("20") == true)
        expectCleanStop(stage.daemon)
    }

    @Test func aPassiveInstanceIsReadyAndOneThatWaitsForPostgreSQLIsNot() throws {
        let stage = try Stage()
        let port = try FreePort.next()
        let second = try stage.scene.run(stage.scene.configuration(metricPort: port))
        let answer = try HTTPAnswer(port: port, path: "/readyz")
        #expect(answer.status == 200 && answer.body.hasPrefix("ready: passive: slot"), "\(answer)")
        let thirdPort = try FreePort.next()
        let third = try stage.scene.start(
            stage.scene.configuration(port: try FreePort.next(), metricPort: thirdPort))
        try third.waitForLog(containing: "attempt=2", within: .seconds(60))
        let refusal = try HTTPAnswer(port: thirdPort, path: "/readyz")
        #expect(refusal.status == 503 && refusal.body.contains("Connection refused"), "\(refusal)")
        #expect(refusal.body.contains("advice: "))
        #expect(try HTTPAnswer(port: thirdPort, path: "/healthz").status == 200)
        expectCleanStop(third)
        expectCleanStop(second)
        expectCleanStop(stage.daemon)
    }

    @Test func whoCouldNotCompareThePositionIsNotReady() throws {
        let cluster = try MockKafka()
        let scene = try Scene(on: cluster)
        try cluster.takeDown()
        let port = try FreePort.next()
        let daemon = try scene.start(scene.configuration(metricPort: port))
        try daemon.waitForLog(containing: "msg=streaming", within: .seconds(60))
        let answer = try HTTPAnswer(port: port, path: "/readyz")
        #expect(answer.status == 503 && answer.body.contains("its position in Kafka"), "\(answer)")
        #expect(!daemon.notifications.assignments.contains("READY=1"))
        try cluster.bringUp()
        try daemon.waitUntilReady()
        #expect(try HTTPAnswer(port: port, path: "/readyz").status == 200)
        expectCleanStop(daemon)
    }
}
