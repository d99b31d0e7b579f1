import TestSupport
import Testing

/// Tables that are altered, rewritten, dropped or renamed while a snapshot reads them, or between its parts.
@Suite(.serialized) struct SnapshotAlterationTests {
    struct Alteration: Sendable, CustomTestStringConvertible {
        let name: String
        /// Of a table `t (id int PRIMARY KEY, v text, w int)`.
        let sql: String
        /// Columns that rows may lack that were sent before; nil where nothing is left to compare with.
        var mayLack: Set<String>? = []
        /// What the log says of it.
        var log: String?

        var testDescription: String { name }
    }

    static let alterations = [
        Alteration(name: "VACUUM FULL", sql: "VACUUM FULL t"),
        Alteration(name: "CLUSTER", sql: "CLUSTER t USING t_pkey"),
        Alteration(
            name: "TRUNCATE, and the rows again",
            sql: "CREATE TABLE copy AS SELECT * FROM t; TRUNCATE t; INSERT INTO t SELECT id, 'new', w FROM copy"),
        Alteration(name: "a column that rewrites", sql: "ALTER TABLE t ADD u uuid DEFAULT gen_random_uuid()"),
        Alteration(name: "a column that does not", sql: "ALTER TABLE t ADD u int DEFAULT 7", mayLack: ["u"]),
        Alteration(name: "a column less", sql: "ALTER TABLE t DROP v"),
        Alteration(name: "a column's name", sql: "ALTER TABLE t RENAME v TO x", mayLack: ["x"]),
        Alteration(name: "a column's type", sql: "ALTER TABLE t ALTER w TYPE bigint"),
        Alteration(
            name: "another table of the name",
            sql: """
                CREATE TABLE other (LIKE t INCLUDING ALL); INSERT INTO other SELECT id, 'other', w FROM t; DROP TABLE t;
                ALTER TABLE other RENAME TO t; GRANT SELECT ON t TO PUBLIC; UPDATE t SET v = 'changed' WHERE id % 3 = 0
                """),
        Alteration(name: "DROP TABLE", sql: "DROP TABLE t", mayLack: nil, log: "a table is gone, or not sent any more"),
        Alteration(
            name: "RENAME TABLE", sql: "ALTER TABLE t RENAME TO u", mayLack: nil,
            log: "a table is gone, or not sent any more"),
    ]

    private static let schema = """
        CREATE TABLE t (id int PRIMARY KEY, v text, w int);
        CREATE TABLE z (id int PRIMARY KEY)
        """
    private static let fill = """
        INSERT INTO t SELECT i, repeat('v', 60), i FROM generate_series(1, 1500) i; INSERT INTO z VALUES (1), (2)
        """

    /// A slot that is older than the rows, whose transactions it has too.
    private func scene() throws -> Scene {
        let scene = try Scene(
            Self.schema, rules: ["t": "{key: [id], onDelete: tombstone}", "z": "{key: [id]}"], partitions: 2)
        try scene.sql.execute(Self.fill)
        try scene.sql.execute("UPDATE t SET v = 'old' WHERE id <= 30; DELETE FROM t WHERE id BETWEEN 31 AND 40")
        try scene.sql.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO \(scene.role)")
        return scene
    }

    private func file(_ scene: Scene, _ snapshot: String) -> String {
        scene.configuration(
            cdc: ["snapshot: {mode: initial, \(snapshot)}"],
            kafka: ["stateTopic: \(UniqueName.next("state"))", "producerBatchSize: 60"],
            mapping: ["unmapped: skip"])
    }

    private func expectTables(_ scene: Scene, _ alteration: Alteration, _ log: String) throws {
        if let mayLack = alteration.mayLack {
            try scene.expectTopicIsTable("t", mayLack: mayLack, log: log)
        }
        if let text = alteration.log { #expect(log.contains(text), "\(log)") }
        try scene.expectTopicIsTable("z", log: log)
    }

    @Test(
        "A table that is altered between a kill and the next start",
        .enabled(if: FailpointExample.areThere), arguments: alterations)
    func betweenKillAndStart(_ alteration: Alteration) throws {
        let scene = try scene()
        let file = file(scene, "chunkSize: 200, parallelism: 2, maxRate: 1mb/s")
        let killed = try scene.start(file, failpoint: "afterSnapshotBatch:8")
        try killed.waitForExit(within: .seconds(60))
        #expect(killed.log.text.contains("taking the snapshot"), "\(killed.log.text)")
        for statement in alteration.sql.split(separator: ";") { try scene.sql.execute(String(statement)) }
        let daemon = try scene.start(file)
        try daemon.waitForLog(containing: "the snapshot is done")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        expectCleanStop(daemon)
        try expectTables(scene, alteration, daemon.log.text)
    }

    @Test("A table that is altered while it is read", arguments: alterations)
    func whileItIsRead(_ alteration: Alteration) throws {
        let scene = try scene()
        // Whoever waits for our lock keeps our next connection waiting; the role's limit ends that.
        try scene.sql.execute("ALTER ROLE \(scene.role) SET lock_timeout = '300ms'")
        let daemon = try scene.start(
            file(scene, "chunkSize: 200, parallelism: 2, maxRate: 200kb/s, maxTransactionDuration: 1s"))
        try daemon.waitForLog(containing: "taking the snapshot")
        for statement in alteration.sql.split(separator: ";") { try scene.sql.execute(String(statement)) }
        try daemon.waitForLog(containing: "the snapshot is done")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        expectCleanStop(daemon)
        // It may have been done before.
        try expectTables(
            scene, Alteration(name: "", sql: "", mayLack: alteration.mayLack, log: nil), daemon.log.text)
    }
}
