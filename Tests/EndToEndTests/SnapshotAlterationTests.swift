import Synchronization
import TestSupport
import Testing

/// Tables that are altered, rewritten, dropped or renamed while a snapshot reads them, or between its parts.
@Suite(.serialized) struct SnapshotAlterationTests {
    private struct Alteration {
        let table: String
        /// Of a table `T (id int PRIMARY KEY, v text, w int)`.
        let sql: String
        /// Columns that rows may lack that were sent before.
        var mayLack: Set<String> = []
        /// Those of a table that was done before: a rewritten row is no change.
        var mayLackWhenDone: Set<String> = []
        /// Whether its changes suffice where it was done before; no stream has rows of a name that is not mapped.
        var isComparedWhenDone = true

        var statements: [String] {
            sql.split(separator: ";").map { statement in
                statement.split(whereSeparator: \.isWhitespace).map { word in
                    word == "T" || word.hasPrefix("T_") ? table + word.dropFirst() : String(word)
                }.joined(separator: " ")
            }
        }
    }

    private static let altered = [
        Alteration(table: "a", sql: "VACUUM FULL T"),
        Alteration(table: "b", sql: "CLUSTER T USING T_pkey"),
        Alteration(
            table: "c",
            sql: "CREATE TABLE T_copy AS SELECT * FROM T ; TRUNCATE T ; INSERT INTO T SELECT id, 'new', w FROM T_copy"),
        Alteration(table: "d", sql: "ALTER TABLE T ADD u uuid DEFAULT gen_random_uuid()", mayLackWhenDone: ["u"]),
        Alteration(table: "e", sql: "ALTER TABLE T ADD u int DEFAULT 7", mayLack: ["u"]),
        Alteration(table: "f", sql: "ALTER TABLE T DROP v"),
        Alteration(table: "g", sql: "ALTER TABLE T RENAME v TO x", mayLack: ["x"]),
        Alteration(table: "h", sql: "ALTER TABLE T ALTER w TYPE bigint"),
        Alteration(
            table: "i",
            sql: """
                CREATE TABLE T_next (LIKE T INCLUDING ALL); INSERT INTO T_next SELECT id, 'other', w FROM T ; \
                GRANT SELECT ON T_next TO PUBLIC; DROP TABLE T ; ALTER TABLE T_next RENAME TO T ; \
                UPDATE T SET v = 'changed' WHERE id % 3 = 0
                """, isComparedWhenDone: false),
        Alteration(
            table: "l",
            sql: """
                CREATE TABLE T_next (LIKE T INCLUDING ALL); GRANT SELECT ON T_next TO PUBLIC; DROP TABLE T ; \
                ALTER TABLE T_next RENAME TO T ; INSERT INTO T SELECT i, 'anew', i FROM generate_series(1, 900) i
                """),
    ]
    /// Nothing is left to compare their topics with.
    private static let gone = [
        Alteration(table: "j", sql: "DROP TABLE T"), Alteration(table: "k", sql: "ALTER TABLE T RENAME TO T_renamed"),
    ]
    private static let all = altered + gone

    /// Tables of `rows` rows, and a slot that is older, which has their transactions too.
    private func scene(rows: Int, _ alterations: [Alteration] = all) throws -> Scene {
        let names = alterations.map(\.table)
        let scene = try Scene(
            names.map { "CREATE TABLE \($0) (id int PRIMARY KEY, v text, w int)" }.joined(separator: ";"),
            rules: Dictionary(uniqueKeysWithValues: names.map { ($0, "{key: [id], onDelete: tombstone}") }))
        for name in names {
            try scene.sql.execute(
                """
                INSERT INTO \(name) SELECT i, repeat('v', 60), i FROM generate_series(1, \(rows)) i;
                UPDATE \(name) SET v = 'old' WHERE id <= 30; DELETE FROM \(name) WHERE id BETWEEN 31 AND 40
                """)
        }
        try scene.sql.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO \(scene.role)")
        return scene
    }

    private func file(_ scene: Scene, _ snapshot: String) -> String {
        scene.configuration(
            cdc: ["snapshot: {mode: initial, \(snapshot)}"],
            kafka: ["stateTopic: \(UniqueName.next("state"))", "producerBatchSize: 60"], mapping: ["unmapped: skip"])
    }

    private func expectTables(_ scene: Scene, mayBeDone: Bool = true, _ log: String) throws {
        for alteration in Self.altered where scene.rules[alteration.table] != nil {
            if mayBeDone, !alteration.isComparedWhenDone { continue }
            let mayLack = alteration.mayLack.union(mayBeDone ? alteration.mayLackWhenDone : [])
            try scene.expectTopicIsTable(alteration.table, mayLack: mayLack, log: log)
        }
    }

    @Test(
        "Tables that are altered between a kill and the next start come as they are then",
        .enabled(if: FailpointExample.areThere))
    func betweenKillAndStart() throws {
        let scene = try scene(rows: 800)
        // All of them at the same time, so that each is read in part.
        let file = file(scene, "chunkSize: 100000, parallelism: 12, maxRate: 300kb/s")
        let killed = try scene.start(file, failpoint: "afterSnapshotProgress:3")
        try killed.waitForExit(within: .seconds(60))
        #expect(killed.log.text.contains("taking the snapshot"), "\(killed.log.text)")
        for statement in Self.all.flatMap(\.statements) { try scene.sql.execute(statement) }
        let daemon = try scene.start(file.replacing("300kb/s", with: "10mb/s"))
        try daemon.waitForLog(containing: "the snapshot is done")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        expectCleanStop(daemon)
        let log = daemon.log.text
        #expect(log.contains("going on with the snapshot"), "\(log)")
        for alteration in Self.gone {
            #expect(
                log.contains(
                    #"msg="a table is gone, or not sent any more, since its snapshot began; it counts as done" "#
                        + "table=public.\(alteration.table)"), "\(log)")
        }
        try expectTables(scene, mayBeDone: false, log)
    }

    @Test("Tables that are altered while they are read come as they are then, and nobody waits for long")
    func whileTheyAreRead() throws {
        let scene = try scene(rows: 400)
        let daemon = try scene.start(
            file(scene, "chunkSize: 100, parallelism: 2, maxRate: 150kb/s, maxTransactionDuration: 1s"))
        try daemon.waitForLog(containing: "taking the snapshot")
        let alterers = try Self.all.map { try Alterer($0.table, $0.statements, scene) }
        try daemon.waitForLog(containing: "the snapshot is done")
        for alterer in alterers { try alterer.wait() }
        try scene.waitUntilConfirmed(try scene.currentLSN())
        expectCleanStop(daemon)
        let log = daemon.log.text
        #expect(log.contains("going on with the snapshot, with another consistent point"), "\(log)")
        // A session may fail where a table is dropped while the server lists the publication's, and be tried again.
        for limit in ["lock timeout", "deadlock", "in time"] { #expect(!log.contains(limit), "\(log)") }
        try expectTables(scene, log)
    }

    @Test("A lock that cannot be had is named and waited for, with lock_timeout too")
    func aLockThatCannotBeHadIsWaitedFor() throws {
        let scene = try scene(rows: 400, Array(Self.altered[3...4]))
        try scene.sql.execute("ALTER ROLE \(scene.role) SET lock_timeout = '50ms'")
        try scene.sql.execute("BEGIN; LOCK TABLE e")
        let daemon = try scene.start(file(scene, "chunkSize: 100"))
        try daemon.waitForLog(containing: "canceling statement due to lock timeout")
        let line = try daemon.waitForLog(containing: "retry_in")
        #expect(line.contains("another session alters the table"), "\(line)")
        for statement in Self.altered[4].statements { try scene.sql.execute(statement) }
        try scene.sql.execute("COMMIT")
        try daemon.waitForLog(containing: "the snapshot is done")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        expectCleanStop(daemon)
        try expectTables(scene, daemon.log.text)
    }

    /// Alters a table as soon as a snapshot has locked it.
    private final class Alterer: Sendable {
        private let end = Mutex<(isDone: Bool, failure: String?)>((false, nil))

        init(_ table: String, _ statements: [String], _ scene: Scene) throws {
            let connection = scene.server.connectionString(database: scene.database)
            let role = scene.role
            startThread { [self] in
                var failure: String?
                do {
                    let sql = try SQLSession(connection)
                    let locks = """
                        SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE usename = '\(role)'
                            AND relation = '\(table)'::regclass AND mode = 'AccessShareLock' AND granted
                        """
                    try eventually(within: .seconds(60), "a lock on \(table)") { try !sql.query(locks).isEmpty }
                    for statement in statements { try sql.execute(statement) }
                } catch {
                    failure = "\(error)"
                }
                end.withLock { $0 = (true, failure) }
            }
        }

        func wait() throws {
            try eventually(within: .seconds(60), "the alteration's end") { end.withLock { $0.isDone } }
            if let failure = end.withLock({ $0.failure }) { throw HarnessError(failure) }
        }
    }
}
