import TestSupport
import Testing

/// No value of a row is in what the daemon and its commands say, whatever fails for it.
@Suite(.serialized) struct CanaryTests {
    private static let canary = "CANARY4711471"

    /// All that is said: the log, standard output, `/status` and `/metrics`.
    private func expectNothingSaid(_ daemon: DaemonProcess, port: UInt16) throws {
        var said = daemon.log.text + daemon.output.text
        for path in ["/status", "/status.txt", "/metrics", "/readyz"] {
            if let answer = try? HTTPAnswer(port: port, path: path) { said += answer.body }
        }
        #expect(!said.contains("4711471"), "\(said)")
    }

    @Test(
        "A row filter that fails for a value ends the daemon with 65; slot, LSN and the way on are said, and not the value"
    )
    func aRowFilterThatFails() throws {
        let scene = try Scene(
            "CREATE TABLE users (id int PRIMARY KEY, name text)",
            publishing: "FOR TABLE users WHERE (make_date(2000, id, 1) > '1999-01-01')")
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        // The server says "date field value out of range: 2000-4711471-01".
        try scene.sql.execute("INSERT INTO users VALUES (4711471, 'b')")
        let file = scene.configuration(kafka: ["stateTopic: \(UniqueName.next("state"))"])
        let daemon = try scene.start(file)
        #expect(try daemon.waitForExit(within: .seconds(60)) == .exited(65), "\(daemon.log.text)")
        try expectNothingSaid(daemon, port: 1)
        let line = try daemon.waitForLog(containing: "datetime field overflow (22008)")
        #expect(line.contains("while it decoded a change at 0/"), "\(line)")
        #expect(
            line.contains("slot \\\"\(scene.slot)\\\"") && line.contains("pg_replication_slot_advance('\(scene.slot)'"))
        // A filter that is corrected now does not help that change.
        try scene.sql.execute("ALTER PUBLICATION \(scene.publication) SET TABLE users")
        #expect(try scene.runToEnd(file).status == .exited(65))
        // What the advice says does.
        try scene.sql.execute("SELECT pg_replication_slot_advance('\(scene.slot)', pg_current_wal_lsn())")
        try scene.sql.execute("INSERT INTO users VALUES (3, 'after')")
        let next = try scene.run(
            scene.configuration(
                cdc: [], kafka: ["stateTopic: \(UniqueName.next("state"))"]))
        try scene.waitUntilConfirmed(scene.currentLSN())
        try next.stop()
        #expect(try scene.consumer().recordsToEnd().contains { $0.keyText == "3" || $0.keyText?.contains("3") == true })
    }

    @Test("A snapshot's condition that fails for a value, with notices beside it, does not say the value")
    func aConditionThatFails() throws {
        let port = try FreePort.next()
        let scene = try Scene()
        try scene.sql.execute(
            """
            INSERT INTO users VALUES (1, '\(Self.canary)'); GRANT SELECT ON users TO \(scene.role);
            CREATE FUNCTION loud(t text) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN
                RAISE WARNING 'time=2026-01-01 level=error msg="% %"', t, E'\\n'; RAISE NOTICE '%', t; RETURN true; END $$
            """)
        let daemon = try scene.start(
            scene.configuration(
                cdc: ["snapshot: {mode: initial, queryCondition: \"loud(name) AND name::int > 0\"}"],
                kafka: ["stateTopic: \(UniqueName.next("state"))"], metricPort: port))
        try daemon.waitForLog(containing: "invalid text representation (22P02)")
        try daemon.waitForLog(containing: "PostgreSQL says: ")
        try expectNothingSaid(daemon, port: port)
        if daemon.isRunning { _ = try daemon.stop() }
        try expectNothingSaid(daemon, port: port)
    }

    @Test(
        "A function that raises what it was given, with any code, is not quoted",
        arguments: ["P0001", "42501", "57014", "08006"])
    func aFunctionThatRaises(_ state: String) throws {
        let scene = try Scene()
        try scene.sql.execute(
            """
            INSERT INTO users VALUES (1, '\(Self.canary)'); GRANT SELECT ON users TO \(scene.role);
            CREATE FUNCTION loud(t text) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN
                RAISE EXCEPTION '%', t USING ERRCODE = '\(state)', DETAIL = t, HINT = t, TABLE = t, COLUMN = t; END $$
            """)
        let daemon = try scene.start(
            scene.configuration(
                cdc: ["snapshot: {mode: initial, queryCondition: loud(name)}"],
                kafka: ["stateTopic: \(UniqueName.next("state"))"]))
        try daemon.waitForLog(containing: "(\(state))")
        _ = try? daemon.stop()
        try expectNothingSaid(daemon, port: 1)
    }
}
