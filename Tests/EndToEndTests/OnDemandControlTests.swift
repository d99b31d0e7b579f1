import Foundation
import TestSupport
import Testing

/// Who may ask for a snapshot, how it is withdrawn, and how it is seen.
@Suite struct OnDemandControlTests {
    private static let limit = Duration.seconds(60)

    private func scene(rows: Int = 2000) throws -> Scene {
        let scene = try Scene(
            "CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE items (id int PRIMARY KEY)",
            rules: ["users": "{operationField: op}", "items": "{operationField: op}"])
        try scene.sql.execute("GRANT SELECT ON users, items TO \(scene.role)")
        try scene.dropSlot()
        try scene.sql.execute(
            """
            INSERT INTO users SELECT n, repeat('x', 100) FROM generate_series(1, \(rows)) n;
            INSERT INTO items SELECT generate_series(1, 10)
            """)
        try scene.createSlot()
        return scene
    }

    private func ask(_ scene: Scene, _ content: String) throws {
        try scene.sql.execute("SELECT pg_logical_emit_message(true, 'pqcdc.snapshot', $json$\(content)$json$)")
    }

    /// A snapshot of `users` takes minutes by it.
    private static let slow = "chunkSize: 100, maxRate: 1kb/s"

    private func file(_ scene: Scene, _ snapshot: String, port: UInt16 = 0) -> String {
        scene.configuration(
            cdc: ["snapshot: {\(snapshot)\(snapshot.contains("onDemand") ? "" : ", onDemand: anyone")}"],
            metricPort: port)
    }

    @Test func switchedOffNothingIsTakenAndTheCommandRefuses() throws {
        let scene = try scene()
        let off = file(scene, "onDemand: off")
        let daemon = try scene.run(off)
        let refused = try scene.command(["snapshot", "--table", "users"], off)
        #expect(refused.status == .exited(78), "\(refused)")
        #expect(refused.errors.contains("cdc.snapshot.onDemand is off"), "\(refused)")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        #expect(!daemon.log.text.contains("requested snapshot"), "something was written")
        try ask(scene, #"{"table":"users"}"#)
        let line = try daemon.waitForLog(
            containing: "a request for a snapshot is ignored: cdc.snapshot.onDemand is off")
        #expect(!line.contains("users"), "\(line)")

        // A reload lets requests in, and another throws out what is under way.
        var start = try daemon.reload(file(scene, Self.slow))
        try daemon.waitForLog(containing: "the reloaded configuration is in force", from: start)
        try ask(scene, #"{"table":"items"}"#)
        try daemon.waitForLog(containing: "a requested snapshot is done", from: start)
        try ask(scene, #"{"table":"users"}"#)
        try daemon.waitForLog(containing: "taking a requested snapshot", from: start)
        start = try daemon.reload(off)
        let dropped = try daemon.waitForLog(
            containing: "a requested snapshot is not taken: cdc.snapshot.onDemand is off", from: start)
        #expect(dropped.contains("table=public.users"), "\(dropped)")
        expectCleanStop(daemon)
        let next = try scene.run(file(scene, Self.slow))
        try scene.sql.execute("INSERT INTO users VALUES (-1, 'last')")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        #expect(!next.log.text.contains("requested snapshot"), "\(next.log.text)")
        expectCleanStop(next)
    }

    @Test func aRequestIsWithdrawnAndTheOneBehindItFollows() throws {
        let scene = try scene()
        let file = file(scene, Self.slow)
        let daemon = try scene.run(file)
        try ask(scene, #"{"table":"users"}"#)
        try ask(scene, #"{"table":"items"}"#)
        _ = try scene.consumer("users").records(count: 1, within: Self.limit)
        let finished = try scene.command(["snapshot", "--table", "users", "--cancel"], file)
        #expect(finished.status == .exited(0), "\(finished)")
        let line = try daemon.waitForLog(containing: "a requested snapshot is withdrawn")
        #expect(line.contains("table=public.users"))
        #expect(try scene.consumer("items").records(count: 10, within: Self.limit).count == 10)
        try daemon.waitForLog(containing: "a requested snapshot is done")
        try ask(scene, #"{"table":"users","cancel":true}"#)
        try daemon.waitForLog(containing: "a snapshot is withdrawn that nobody had asked for")
        expectCleanStop(daemon)
        let users = try scene.consumer("users").recordsToEnd()
        #expect(users.count < 2000)
    }

    @Test func aStopDoesNotWaitForTheRate() throws {
        let scene = try scene()
        let daemon = try scene.run(file(scene, Self.slow))
        try ask(scene, #"{"table":"users"}"#)
        _ = try scene.consumer("users").records(count: 1, within: Self.limit)
        // Ends with 0 within half of what its brake would take for one chunk.
        expectCleanStop(daemon)
    }

    @Test func thousandsOfRequestsNeitherHoldTheStreamUpNorFillTheLog() throws {
        let scene = try scene()
        let daemon = try scene.run(file(scene, "chunkSize: 100"))
        let before = daemon.log.count
        try scene.sql.execute(
            """
            SELECT pg_logical_emit_message(true, 'pqcdc.snapshot', format('{"table":"gone%s","where":"id = %s"}', n % 50, n))
            FROM generate_series(1, 5000) n;
            SELECT pg_logical_emit_message(true, 'pqcdc.snapshot', '{"table":"items"}') FROM generate_series(1, 5000);
            SELECT pg_logical_emit_message(true, 'pqcdc.snapshot', 'no JSON') FROM generate_series(1, 5000);
            INSERT INTO users VALUES (-1, 'last')
            """)
        let last = try scene.consumer("users").records(count: 1, within: Self.limit)
        #expect(last[0].keyText == "-1")
        #expect(daemon.log.count - before < 60, "\(daemon.log.text)")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        expectCleanStop(daemon)
    }

    @Test func itIsSeenWithADaemonAndWithout() throws {
        let scene = try scene()
        let port = try FreePort.next()
        let file = file(scene, "chunkSize: 100, maxRate: 10kb/s", port: port)
        let daemon = try scene.run(file)
        try ask(scene, #"{"table":"users"}"#)
        try ask(scene, #"{"table":"items"}"#)
        try eventually(within: Self.limit, "progress in /status") {
            let json = try scene.command(["status", "--json"], file).output
            let status = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
            let snapshot = status?["snapshot"] as? [String: Any]
            guard let running = snapshot?["running"] as? [String: Any], running["rows"] as? Int ?? 0 > 0 else {
                return false
            }
            #expect(running["onDemand"] as? Bool == true && running["tables"] as? [String] == ["public.users"])
            #expect(snapshot?["waiting"] as? [String] == ["public.items"])
            return true
        }
        let metrics = try HTTPGet.answer(port: port, path: "/metrics")
        #expect(metrics.contains("pqcdc_snapshot_active 1\n") && metrics.contains("pqcdc_snapshot_requests 2\n"))
        let text = try scene.command(["status"], file)
        #expect(text.output.contains("snapshot       on demand, public.users: "), "\(text.output)")
        #expect(text.output.contains("asked for and waiting: public.items"), "\(text.output)")
        try daemon.waitForLog(containing: #"msg="requested snapshot""#)
        expectCleanStop(daemon)
        let offline = try scene.command(["status"], file)
        #expect(offline.output.contains("snapshot       on demand, public.users: "), "\(offline.output)")
        #expect(offline.output.contains("asked for and waiting: public.items"), "\(offline.output)")
    }
}
