import Glibc
import TestSupport
import Testing

/// What can come between a snapshot's rows and the stream's changes, one hazard a test.
@Suite(.serialized) struct SnapshotHazardTests {
    private func scene(
        _ schema: String, rules: [String: String], publishing: String = "FOR ALL TABLES",
        on cluster: (any KafkaCluster)? = nil
    ) throws -> Scene {
        let scene = try Scene(schema, rules: rules, publishing: publishing, on: cluster)
        try scene.sql.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO \(scene.role)")
        return scene
    }

    private func file(_ scene: Scene, snapshot: String) -> String {
        scene.configuration(
            cdc: ["snapshot: {onDemand: anyone, \(snapshot)}"], kafka: ["stateTopic: \(UniqueName.next("state"))"])
    }

    private func atLeast15(_ scene: Scene) throws -> Bool {
        try scene.sql.value("SHOW server_version_num").flatMap { Int($0) } ?? 0 >= 150_000
    }

    /// Frees the room of deleted rows. A killed daemon's transactions, and slots that other tests create, hold that back for a
    /// moment.
    private func vacuum(_ table: String, _ scene: Scene) throws {
        try eventually(within: .seconds(60), "the removal of all dead rows") {
            try scene.sql.execute("VACUUM \(table)")
            return try scene.sql.value("SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = '\(table)'") == "0"
        }
    }

    private func request(_ scene: Scene) throws {
        try scene.sql.execute(#"SELECT pg_logical_emit_message(true, 'pqcdc.snapshot', '{"table":"public.users"}')"#)
    }

    @Test("A condition for which the server would use an index, or a join, still reads page by page")
    func aConditionDoesNotChangeTheOrder() throws {
        // Rows stand in the reverse order of their keys, so an index would bring the pages in reverse.
        let scene = try scene(
            """
            \(NumberedRows.schema);
            CREATE TABLE wanted (seq bigint PRIMARY KEY);
            INSERT INTO rows SELECT i, i % 20 FROM generate_series(20000, 1, -1) i;
            INSERT INTO wanted SELECT i * 1000 FROM generate_series(1, 5) i;
            ANALYZE rows; ANALYZE wanted;
            """, rules: NumberedRows.rules)
        let (status, log) = try scene.runToEnd(
            file(
                scene,
                snapshot: "mode: snapshot_only, queryCondition: \"seq IN (SELECT seq FROM wanted)\""))
        #expect(status == .exited(0), "\(log)")
        #expect(
            try scene.consumer().recordsToEnd().compactMap(NumberedRows.number).sorted()
                == [1000, 2000, 3000, 4000, 5000])
    }

    @Test("A row that its publication's filter lets in comes with the large value that its UPDATE left out")
    func aRowThatEntersIsCompleted() throws {
        let scene = try Scene(
            """
            CREATE TABLE docs (id int PRIMARY KEY, body text);
            ALTER TABLE docs ALTER COLUMN body SET STORAGE EXTERNAL;
            INSERT INTO docs VALUES (1, repeat('x', 3000))
            """, rules: ["docs": "{unchangedToast: reselect}"], publishing: nil)
        guard try atLeast15(scene) else { return }
        try scene.sql.execute(
            """
            GRANT SELECT ON docs TO \(scene.role);
            CREATE PUBLICATION \(scene.publication) FOR TABLE docs WHERE (id > 100)
            """)
        try scene.createSlot()
        let daemon = try scene.run()
        // The server makes it an INSERT, and leaves the value out all the same.
        try scene.sql.execute("UPDATE docs SET id = 200 WHERE id = 1")
        let record = try scene.consumer().records(count: 1)[0]
        #expect(record.valueText?.contains(#""body":"xxx"#) == true)
        #expect(record.header("pqcdc.reselected") != nil)
        expectCleanStop(daemon)
    }

    @Test("A table that was altered behind a request keeps the shape that the stream's changes have")
    func changesBeforeAnAlterationKeepTheirShape() throws {
        let scene = try scene(
            "CREATE TABLE users (id int PRIMARY KEY, name text)", rules: ["users": "{operationField: op}"])
        let daemon = try scene.run(file(scene, snapshot: "chunkSize: 100"))
        let consumer = try scene.consumer()
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        _ = try consumer.records(count: 1)
        daemon.pause()
        try request(scene)
        try scene.sql.execute("UPDATE users SET name = 'b'")
        // Described already, and on its way with the shape of now.
        let changed = try scene.currentLSN()
        try eventually(within: .seconds(60), "the walsender's arrival at \(changed)") {
            try scene.sql.value(
                "SELECT sent_lsn >= '\(changed)' FROM pg_stat_replication WHERE pid = \(scene.senderPID()!)") == "t"
        }
        // As many columns as before, of the same types.
        try scene.sql.execute("ALTER TABLE users DROP COLUMN name; ALTER TABLE users ADD COLUMN title text")
        daemon.resume()
        try daemon.waitForLog(containing: "a requested snapshot is done")
        try scene.sql.execute("UPDATE users SET title = 'c'")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        let values = try consumer.recordsToEnd().compactMap(\.valueText)
        #expect(values.count == 3)
        #expect(values.contains(#"{"id":1,"name":"b","op":"UPDATE"}"#), "\(values)")
        #expect(values.contains(#"{"id":1,"title":null,"op":"SNAPSHOT"}"#), "\(values)")
        #expect(values.last == #"{"id":1,"title":"c","op":"UPDATE"}"#, "\(values)")
        expectCleanStop(daemon)
    }

    @Test("Rows of a requested snapshot go by the rules that were reloaded while it is taken")
    func aReloadHoldsForTheRowsToCome() throws {
        let scene = try Scene(rules: ["users": "{operationField: op}"])
        try scene.sql.execute("GRANT SELECT ON users TO \(scene.role)")
        try scene.dropSlot()
        try scene.sql.execute("INSERT INTO users SELECT n, 'n' || n FROM generate_series(1, 3000) n")
        try scene.createSlot()
        // So that the reload comes in the middle.
        let snapshot = "snapshot: {chunkSize: 100, maxRate: 50kb/s, onDemand: anyone}"
        let daemon = try scene.run(scene.configuration(cdc: [snapshot]))
        let consumer = try scene.consumer()
        try request(scene)
        _ = try consumer.recordsUntil(within: .seconds(60)) { $0.count >= 100 }
        scene.rules = ["users": "{operationField: kind}"]
        let start = try daemon.reload(scene.configuration(cdc: [snapshot]))
        try daemon.waitForLog(containing: "the reloaded configuration is in force", from: start)
        let done = daemon.log.count
        #expect(!daemon.log.text.contains("a requested snapshot is done"))
        try daemon.waitForLog(containing: "a requested snapshot is done", from: done)
        try scene.waitUntilConfirmed(try scene.currentLSN())
        _ = try consumer.recordsToEnd(within: .seconds(60))
        let rows = Dictionary(grouping: consumer.all.compactMap(\.valueText)) { $0.contains(#""kind":"SNAPSHOT""#) }
        #expect(consumer.all.count == 3000)
        #expect(rows[false]?.isEmpty == false && rows[true]?.isEmpty == false)
        #expect(consumer.all.last?.valueText?.contains(#""kind":"SNAPSHOT""#) == true)
        expectCleanStop(daemon)
    }

    @Test("A table that is named, and dropped while a killed snapshot waits to go on, counts as done")
    func aTableDroppedBetweenTwoStartsIsPassedOver() throws {
        let scene = try scene(
            """
            \(NumberedRows.schema); CREATE TABLE zgone (seq bigint PRIMARY KEY, k int NOT NULL);
            INSERT INTO rows SELECT i, 0 FROM generate_series(1, 3000) i; INSERT INTO zgone VALUES (1, 0)
            """, rules: NumberedRows.rules.merging(["zgone": "{key: [k]}"]) { first, _ in first })
        let text = file(
            scene,
            snapshot:
                "mode: initial, tables: [{name: rows}, {name: zgone}], chunkSize: 100, parallelism: 1, maxRate: 10kb/s"
        )
        let first = try scene.start(text)
        _ = try scene.consumer("rows").records(count: 1)
        try first.kill9()
        try scene.sql.execute("DROP TABLE zgone")
        let second = try scene.start(text.replacing("10kb/s", with: "100mb/s"))
        try second.waitForLog(containing: "the snapshot is done")
        expectCleanStop(second)
        #expect(Set(try scene.consumer("rows").recordsToEnd().compactMap(NumberedRows.number)).count == 3000)
    }

    @Test("snapshot_only that is killed and begun again misses no row that has moved meanwhile")
    func snapshotOnlyMissesNoRowThatMoved() throws {
        let scene = try scene(
            """
            \(NumberedRows.schema);
            INSERT INTO rows SELECT i, 0 FROM generate_series(1, 4000) i
            """, rules: NumberedRows.rules)
        let text = file(scene, snapshot: "mode: snapshot_only, chunkSize: 200, parallelism: 1, maxRate: 10kb/s")
        let consumer = try scene.consumer()
        let first = try scene.start(text)
        _ = try consumer.recordsUntil(within: .seconds(60)) { $0.count >= 1800 }
        // By now, seconds after the first rows, what is done has been noted.
        try first.kill9()
        // The rows at the end move to the pages that have been read.
        try scene.sql.execute("DELETE FROM rows WHERE seq <= 1000")
        try vacuum("rows", scene)
        try scene.sql.execute("UPDATE rows SET k = 1 WHERE seq > 3500")
        let (status, log) = try scene.runToEnd(text.replacing("10kb/s", with: "100mb/s"))
        #expect(status == .exited(0), "\(log)")
        _ = try consumer.recordsToEnd(within: .seconds(60))
        let sent = Set(consumer.all.compactMap(NumberedRows.number))
        #expect(Set(1001...4000).subtracting(sent).isEmpty, "rows are missing")
    }

    @Test("A request that the server refuses to answer does not end the daemon, nor keep the next one waiting")
    func aRefusedAnswerDoesNotEndTheDaemon() throws {
        let scene = try scene(
            "CREATE TABLE users (id int PRIMARY KEY, name text); INSERT INTO users VALUES (1, 'a')",
            rules: ["users": "{}"])
        try scene.sql.execute("ALTER ROLE \(scene.role) SET lock_timeout = '200ms'")
        let daemon = try scene.run(file(scene, snapshot: "chunkSize: 100"))
        let other = try scene.session()
        try other.execute("BEGIN; LOCK TABLE users")
        try request(scene)
        try daemon.waitForLog(containing: "a requested snapshot is not taken")
        try other.execute("COMMIT")
        try request(scene)
        try daemon.waitForLog(containing: "a requested snapshot is done")
        #expect(!daemon.log.text.contains("reconnecting"))
        expectCleanStop(daemon)
    }

    @Test("A snapshot that was begun before an accepted gap begins anew: its rows lack what is in the gap")
    func anAcceptedGapBeginsTheSnapshotAnew() throws {
        let scene = try scene(
            "\(NumberedRows.schema); INSERT INTO rows SELECT i, 0 FROM generate_series(1, 4000) i",
            rules: NumberedRows.rules)
        let text = file(scene, snapshot: "mode: initial, chunkSize: 200, parallelism: 1, maxRate: 10kb/s")
        let consumer = try scene.consumer()
        let first = try scene.start(text)
        // By now, seconds after the first rows, what is done has been noted.
        _ = try consumer.recordsUntil(within: .seconds(60)) { $0.count >= 1800 }
        try first.kill9()
        // In pages that have been read, where they stay.
        try scene.sql.execute("DELETE FROM rows WHERE seq BETWEEN 101 AND 200")
        try vacuum("rows", scene)
        try scene.sql.execute("UPDATE rows SET k = 1 WHERE seq <= 100")
        #expect(try scene.sql.value("SELECT count(*) FROM rows WHERE k = 1 AND ctid >= '(2,0)'") == "0")
        try scene.dropSlot()
        try scene.createSlot()
        let second = try scene.start(
            text.replacing("10kb/s", with: "100mb/s").replacing(
                "slot: {name: \(scene.slot),", with: "slot: {name: \(scene.slot), onGap: accept,"))
        try second.waitForLog(containing: "the snapshot is done")
        expectCleanStop(second)
        _ = try consumer.recordsToEnd(within: .seconds(60))
        var last: [Int: String] = [:]
        for record in consumer.all {
            if let number = NumberedRows.number(record) { last[number] = record.valueText }
        }
        #expect((1...100).allSatisfy { last[$0] == "{\"seq\":\($0),\"k\":1}" }, "rows have old values")
        #expect(last.count == 4000)
    }

    /// Rows of 4 to a page, whose large value no UPDATE below touches. A snapshot of them is killed when half is read, and a
    /// row that was not read moves to a page that was.
    private func killedSnapshot(_ scene: Scene, _ text: String) throws -> RecordConsumer {
        let consumer = try scene.consumer()
        let first = try scene.start(text)
        _ = try consumer.recordsUntil(within: .seconds(60)) { $0.count >= 120 }
        // By now, seconds after the first rows, what is done has been noted.
        try first.kill9()
        try scene.sql.execute("DELETE FROM docs WHERE id <= 20")
        try vacuum("docs", scene)
        try scene.sql.execute("UPDATE docs SET n = 1 WHERE id = 400")
        #expect(try scene.sql.value("SELECT ctid < '(5,0)' FROM docs WHERE id = 400") == "t")
        return consumer
    }

    private func docs(
        on cluster: (any KafkaCluster)? = nil, rule: String = "{key: [id], onDelete: tombstone}"
    ) throws -> (Scene, String) {
        let scene = try scene(
            """
            CREATE TABLE docs (id int PRIMARY KEY, n int NOT NULL, pad text NOT NULL, big text);
            ALTER TABLE docs ALTER COLUMN big SET STORAGE EXTERNAL;
            ALTER TABLE docs ALTER COLUMN pad SET STORAGE PLAIN;
            INSERT INTO docs SELECT i, 0, repeat('x', 1800), repeat('y', 3000) FROM generate_series(1, 400) i
            """, rules: ["docs": rule], on: cluster)
        return (scene, file(scene, snapshot: "mode: initial, chunkSize: 20, parallelism: 1, maxRate: 150kb/s"))
    }

    @Test("A row that moved, was missed, and gets another key behind the last point comes with its large value")
    func aMissedRowWithAnotherKeyIsComplete() throws {
        let (scene, text) = try docs()
        let consumer = try killedSnapshot(scene, text)
        let second = try scene.start(text)
        try second.waitForLog(containing: "going on with the snapshot, with another consistent point")
        // Seconds are left to read, and then the stream begins with what came before that point.
        second.pause()
        #expect(!second.log.text.contains("the snapshot is done"))
        try scene.sql.execute("UPDATE docs SET id = 1400 WHERE id = 400")
        second.resume()
        try second.waitForLog(containing: "the snapshot is done")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        _ = try consumer.recordsToEnd(within: .seconds(60))
        let records = consumer.all.filter { $0.keyText == "1400" }
        #expect(records.last?.valueText?.contains(#""big":"yyy"#) == true, "\(records.count) records")
        #expect(consumer.all.last { $0.keyText == "400" }.map { $0.value == nil } == true)
        expectCleanStop(second)
    }

    @Test(
        "mode: never in the middle of a snapshot, and initial again: a row that moved meanwhile keeps its large value")
    func aSnapshotThatIsPutOffLosesNothing() throws {
        let (scene, text) = try docs()
        let consumer = try killedSnapshot(scene, text)
        let second = try scene.run(text.replacing("mode: initial", with: "mode: never"))
        try scene.waitUntilConfirmed(try scene.currentLSN())
        #expect(second.log.text.contains("a snapshot was begun and is not done"))
        expectCleanStop(second)
        let third = try scene.start(text.replacing("150kb/s", with: "100mb/s"))
        try third.waitForLog(containing: "the snapshot is done")
        expectCleanStop(third)
        _ = try consumer.recordsToEnd(within: .seconds(60))
        let records = consumer.all.filter { $0.keyText == "400" }
        #expect(records.contains { $0.valueText?.contains(#""big":"yyy"#) == true }, "\(records.count) records")
        #expect(Set(consumer.all.compactMap(\.keyText)).count == 400)
    }

    @Test("A table that a reload has mapped can be asked for without a restart")
    func aTableThatAReloadMappedIsTaken() throws {
        let scene = try scene(
            "CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE others (id int PRIMARY KEY)",
            rules: ["others": "{}"])
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        let text = file(scene, snapshot: "chunkSize: 100")
        let daemon = try scene.run(text)
        try request(scene)
        try daemon.waitForLog(containing: "a requested snapshot is not taken")
        try scene.cluster.createTopic(scene.topic(), partitions: 1, config: [:])
        let start = try daemon.reload(
            text.replacing(
                "public.others: {}", with: "public.others: {}, public.users: {topic: \(scene.topic())}"))
        try daemon.waitForLog(containing: "the reloaded configuration is in force", from: start)
        try request(scene)
        try daemon.waitForLog(containing: "a requested snapshot is done", from: start)
        #expect(try scene.consumer("users").records(count: 1)[0].valueText == #"{"id":1,"name":"a"}"#)
        expectCleanStop(daemon)
    }

    @Test("snapshot_only says once that its transaction is open for longer than the limit, and names what is not read")
    func aLongTransactionIsSaidToBeLong() throws {
        let scene = try scene(
            "\(NumberedRows.schema); INSERT INTO rows SELECT i, 0 FROM generate_series(1, 2000) i",
            rules: NumberedRows.rules)
        let text = file(
            scene,
            snapshot: "mode: snapshot_only, chunkSize: 200, parallelism: 1, maxRate: 10kb/s, "
                + "maxTransactionDuration: 1s")
        let daemon = try scene.start(text)
        let said = "open for longer than cdc.snapshot.maxTransactionDuration"
        try daemon.waitForLog(containing: said)
        #expect(daemon.log.text.contains("names=public.rows"), "\(daemon.log.text)")
        _ = try scene.consumer().recordsUntil(within: .seconds(60)) { $0.count == 2000 }
        #expect(try daemon.waitForExit(within: .seconds(60)) == .exited(0))
        #expect(daemon.log.text.split(separator: "\n").count { $0.contains(said) } == 1)
    }
}
