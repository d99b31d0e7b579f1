import TestSupport
import Testing

/// The HTTP endpoint of the running daemon, and what must never be seen from outside.
@Suite struct MetricsTests {
    private func metrics(_ port: UInt16) throws -> [String: Double] {
        var values: [String: Double] = [:]
        for line in try HTTPGet.answer(port: port, path: "/metrics").split(separator: "\n") where !line.hasPrefix("#") {
            if let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) {
                values[String(line[..<space])] = value
            }
        }
        return values
    }

    @Test func theCountsAreRightAfterALoad() throws {
        let scene = try Scene(
            "CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE other (id int PRIMARY KEY)")
        let port = try FreePort.next()
        let daemon = try scene.run(scene.configuration(metricPort: port))
        try scene.sql.execute("INSERT INTO users SELECT i, 'x' FROM generate_series(1, 500) i")
        try scene.sql.execute("UPDATE users SET name = 'y' WHERE id <= 200")
        try scene.sql.execute("DELETE FROM users WHERE id <= 30")
        try scene.sql.execute("INSERT INTO other VALUES (1), (2)")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        let table = #"schema="public",table="users""#
        try eventually(within: .seconds(60), "the counts") {
            try metrics(port)["pqcdc_records_delivered_total{topic=\"\(scene.topic())\"}"] == 730
        }
        let values = try metrics(port)
        #expect(values["pqcdc_changes_total{operation=\"insert\",\(table)}"] == 500, "\(values)")
        #expect(values["pqcdc_changes_total{operation=\"update\",\(table)}"] == 200)
        #expect(values["pqcdc_changes_total{operation=\"delete\",\(table)}"] == 30)
        #expect(values[#"pqcdc_skipped_changes_total{schema="public",table="other"}"#] == 2)
        #expect(values["pqcdc_records_failed_total{topic=\"\(scene.topic())\"}"] == 0)
        #expect(values[#"pqcdc_role{role="active"}"#] == 1 && values[#"pqcdc_role{role="passive"}"#] == 0)
        #expect(values["pqcdc_inflight_records"] == 0)
        #expect(values["pqcdc_transactions_total", default: 0] >= 3)
        let confirmed = try #require(
            try scene.sql.value("SELECT '\(scene.confirmedFlush())'::pg_lsn - '0/0'::pg_lsn").flatMap { Double($0) })
        try eventually(within: .seconds(15), "the LSNs") {
            let values = try metrics(port)
            return values["pqcdc_confirmed_lsn", default: 0] >= confirmed
                && values["pqcdc_received_lsn", default: 0] >= values["pqcdc_confirmed_lsn", default: 0]
                && values["pqcdc_server_lsn", default: 0] >= confirmed
                && values["pqcdc_lag_bytes"].map { $0 < 1_000_000 } == true
        }
        #expect(try HTTPGet.answer(port: port, path: "/healthz").hasPrefix("HTTP/1.1 200"))
        expectCleanStop(daemon)
    }

    @Test func aPassiveInstanceSaysSo() throws {
        let scene = try Scene()
        let first = try scene.run()
        let port = try FreePort.next()
        let second = try scene.run(scene.configuration(metricPort: port))
        let values = try metrics(port)
        #expect(
            values[#"pqcdc_role{role="active"}"#] == 0 && values[#"pqcdc_role{role="passive"}"#] == 1,
            "\(values)\n\(second.log.text)\n\(first.log.text)")
        expectCleanStop(second)
        expectCleanStop(first)
    }

    @Test func noSecretAndNoRowIsSeenFromOutside() throws {
        let scene = try Scene()
        let port = try FreePort.next()
        let file = scene.configuration(cdc: ["logger: {level: debug}"], metricPort: port)
        let daemon = try scene.run(file)
        try scene.sql.execute("INSERT INTO users VALUES (1, 'v3ry-private')")
        _ = try scene.consumer().records(count: 1)
        var seen = try HTTPGet.answer(port: port, path: "/metrics") + HTTPGet.answer(port: port, path: "/healthz")
        seen += try TextFile.read("/proc/\(daemon.pid)/cmdline") + daemon.notifications.assignments.joined()
        // A change of password, and the failure that follows it.
        try scene.sql.execute("ALTER ROLE \(scene.role) PASSWORD 'another'")
        try scene.sql.execute("SELECT pg_terminate_backend(\(try #require(try scene.senderPID())))")
        #expect(try daemon.waitForExit(within: .seconds(60)) == .exited(77))
        seen += daemon.log.text + daemon.output.text
        for arguments in [
            ["validate"], ["validate", "--online"], ["setup", "--dry-run"], ["setup", "--dry-run", "--create-role"],
        ] {
            for environment in [scene.environment, scene.asSuperuser] {
                let finished = try scene.command(arguments, file, environment: environment)
                seen += finished.output + finished.errors
            }
        }
        #expect(!seen.contains(scene.password) && !seen.contains("v3ry-private"))
        #expect(!seen.contains(PostgresServer.superuserPassword))
        #expect(seen.contains("msg=streaming"))
    }
}
