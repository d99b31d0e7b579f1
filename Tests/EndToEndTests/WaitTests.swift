import TestSupport
import Testing

/// What a new slot and a snapshot wait for is named when the wait begins.
@Suite struct WaitTests {
    private func server() throws -> PostgresServer {
        let server = try PostgresServer(settings: ["max_prepared_transactions": "5"])
        try server.start()
        return server
    }

    @Test func setupNamesAnOrphanedPreparedTransactionAndAnIdleOne() throws {
        let scene = try Scene(publishing: nil, server: try server())
        try scene.sql.execute("BEGIN; INSERT INTO users VALUES (1, 'a'); PREPARE TRANSACTION 'orphan 1'")
        let idle = try scene.session()
        try idle.execute("SET application_name = 'report'; BEGIN; INSERT INTO users VALUES (2, 'secret')")
        let setup = try DaemonProcess(
            configuration: scene.configuration(), arguments: ["setup"], environment: scene.asSuperuser)
        defer { try? setup.kill9() }
        // Long before statement_timeout would end the wait.
        let line = try #require(setup.log.line(where: { $0.contains("waiting for") }, from: 0, within: .seconds(30)))
        #expect(line.contains("create the replication slot"), "\(setup.log.text)")
        let rest = try #require(
            setup.log.line(where: { $0.contains("ROLLBACK PREPARED 'orphan 1'") }, from: 0, within: .seconds(10)))
        #expect(rest.contains("in database \"\(scene.database)\""), "\(setup.log.text)")
        #expect(setup.log.text.contains("PID \(idle.backendPID) (application \"report\""), "\(setup.log.text)")
        #expect(!setup.log.text.contains("secret"))
        try idle.execute("COMMIT")
        try scene.sql.execute("COMMIT PREPARED 'orphan 1'")
        #expect(try setup.waitForExit(within: .seconds(60)) == .exited(0), "\(setup.log.text)")
    }

    @Test func aSnapshotNamesWhatItWaitsFor() throws {
        let scene = try Scene(server: try server())
        try scene.sql.execute("GRANT SELECT ON users TO \(scene.role); INSERT INTO users VALUES (1, 'a')")
        try scene.sql.execute("BEGIN; INSERT INTO users VALUES (2, 'b'); PREPARE TRANSACTION 'orphan'")
        let daemon = try scene.start(scene.configuration(cdc: ["snapshot: {mode: initial}"]))
        let line = try daemon.waitForLog(containing: "the snapshot waits", within: .seconds(60))
        #expect(line.contains("prepared transaction 'orphan'") && line.contains("ROLLBACK PREPARED"), "\(line)")
        try scene.sql.execute("COMMIT PREPARED 'orphan'")
        #expect(try Set(scene.consumer().records(count: 2).map(\.keyText)) == ["1", "2"])
        expectCleanStop(daemon)
    }
}
