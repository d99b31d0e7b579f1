import TestSupport
import Testing

/// An initial snapshot whose connection to the slot breaks, while nothing of the stream can be worked through.
@Suite struct SnapshotSlotLossTests {
    @Test(
        "The snapshot does not go on without the slot: whoever takes that meanwhile would send changes, and its rows come behind"
    )
    func aLostSlotIsTakenAgainBeforeTheSnapshotIsDone() throws {
        let scene = try Scene(
            """
            CREATE TABLE users (id int PRIMARY KEY, name text);
            CREATE TABLE backlog (id int PRIMARY KEY, name text);
            INSERT INTO users SELECT i, repeat('x', 1000) FROM generate_series(1, 3000) i
            """)
        try scene.sql.execute("GRANT SELECT ON users TO \(scene.role)")
        try scene.sql.execute("ALTER ROLE \(scene.role) SET wal_sender_timeout = '1s'")
        // About a minute, by its rate.
        let daemon = try scene.start(
            scene.configuration(
                cdc: ["snapshot: {mode: initial, chunkSize: 100, maxRate: 50kb/s, tables: [{name: users}]}"]))
        try daemon.waitForLog(containing: "taking the snapshot")
        try scene.sql.execute("INSERT INTO backlog SELECT i, repeat('x', 1000000) FROM generate_series(1, 40) i")
        try waitUntilNothingMoreIsRead(scene, before: scene.currentLSN())
        let mark = daemon.log.count
        // Only the walsender minds its sleep; the connections that read tables stay.
        daemon.pause()
        try eventually(within: .seconds(60), "the end of the walsender") { try scene.senderPID() == nil }
        daemon.resume()
        try daemon.waitForLog(containing: "taking the snapshot", from: mark, within: .seconds(20))
        #expect(try scene.senderPID() != nil)
        #expect(!daemon.log.text.contains("the snapshot is done"))
        try daemon.kill9()
    }

    /// Waits until the daemon has received what finds room in it, which does not reach to `lsn`.
    private func waitUntilNothingMoreIsRead(_ scene: Scene, before lsn: String) throws {
        var last: String?
        var since = ContinuousClock.now
        try eventually(within: .seconds(60), "a full daemon") {
            let row = try scene.sql.query(
                "SELECT write_lsn, write_lsn < '\(lsn)' FROM pg_stat_replication "
                    + "WHERE pid = \(scene.senderPID() ?? "0")"
            ).first
            if row?[0] != last {
                last = row?[0]
                since = .now
            }
            return row?[1] == "t" && since.duration(to: .now) > .seconds(2)
        }
    }
}
