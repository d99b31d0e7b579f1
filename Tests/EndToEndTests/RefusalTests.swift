import TestSupport
import Testing

/// What a person must mend ends the daemon, with its exit code and one sentence of advice.
@Suite struct RefusalTests {
    /// Expects that the daemon ends by itself with the code, and says the words.
    private func expectEnd(
        _ scene: Scene, _ code: Int32, _ words: String..., configuration: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let end = try scene.runToEnd(configuration)
        #expect(end.status == .exited(code), "\(end.log)", sourceLocation: sourceLocation)
        #expect(end.log.contains("advice="), "\(end.log)", sourceLocation: sourceLocation)
        for word in words {
            #expect(end.log.contains(word), "\"\(word)\" is not in: \(end.log)", sourceLocation: sourceLocation)
        }
    }

    @Test func aWrongPasswordIsAMatterOfPermission() throws {
        let scene = try Scene()
        try scene.sql.execute("ALTER ROLE \(scene.role) PASSWORD 'another'")
        try expectEnd(scene, 77, "password authentication failed", "check cdc.username and cdc.password")
    }

    @Test func aRoleWithoutReplicationIsAMatterOfPermission() throws {
        let scene = try Scene()
        try scene.sql.execute("ALTER ROLE \(scene.role) NOREPLICATION")
        try expectEnd(scene, 77, "REPLICATION")
    }

    @Test func aRoleThatMayNotReselectIsAMatterOfPermission() throws {
        let scene = try Scene(
            """
            CREATE TABLE users (id int PRIMARY KEY, name text, doc text);
            ALTER TABLE users ALTER doc SET STORAGE EXTERNAL
            """, rules: ["users": "{key: [id], unchangedToast: reselect}"])
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a', repeat('x', 5000))")
        try scene.sql.execute("UPDATE users SET name = 'b'")
        try expectEnd(scene, 77, "permission denied for table users", "GRANT SELECT")
    }

    @Test func aMissingDatabaseIsNamed() throws {
        let scene = try Scene()
        let file = scene.configuration().replacing("database: \(scene.database)", with: "database: nowhere")
        try expectEnd(scene, 69, "nowhere", "check cdc.database", configuration: file)
    }

    @Test func aMissingSlotIsNamed() throws {
        let scene = try Scene(publishing: nil)
        try scene.sql.execute("CREATE PUBLICATION \(scene.publication) FOR ALL TABLES")
        try expectEnd(scene, 69, "replication slot \\\"\(scene.slot)\\\" does not exist", "pqcdc-kafka setup")
    }

    @Test func aMissingPublicationIsNamedWithTheGap() throws {
        let scene = try Scene(publishing: nil)
        try scene.createSlot()
        let start = try scene.confirmedFlush()
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        try expectEnd(
            scene, 69, "publication \\\"\(scene.publication)\\\" does not exist", "holds WAL from \(start) to ",
            "pg_replication_slot_advance('\(scene.slot)'")
        // Made now, it does not exist for the WAL before; advanced, the slot streams.
        try scene.sql.execute("CREATE PUBLICATION \(scene.publication) FOR ALL TABLES")
        try scene.sql.execute("SELECT pg_replication_slot_advance('\(scene.slot)', pg_current_wal_lsn())")
        let daemon = try scene.run()
        try scene.sql.execute("INSERT INTO users VALUES (2, 'b')")
        #expect(try scene.consumer().records(count: 1).map(\.text) == [#"2 → {"id":2,"name":"b"}"#])
        expectCleanStop(daemon)
    }

    @Test func aKeyRuleOfAColumnThatIsNotThereStopsAtTheFirstChange() throws {
        let scene = try Scene(rules: ["users": "{key: [nope]}"])
        let before = try scene.confirmedFlush()
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        try expectEnd(
            scene, 65, "has no column \\\"nope\\\"", "correct key in the rule for public.users in mapping.tables")
        #expect(try scene.confirmedFlush() == before)
    }

    @Test("A delete that lacks the key stops with 65, and nothing is confirmed past it")
    func aDeleteThatLacksTheKeyStops() throws {
        let scene = try Scene(rules: ["users": "{key: [name]}"])
        let first = try scene.run()
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        try scene.sql.execute("DELETE FROM users")
        let delete = try scene.currentLSN()
        try scene.sql.execute("INSERT INTO users VALUES (2, 'b')")
        #expect(try first.waitForExit(within: .seconds(60)) == .exited(65))
        // Nor is it passed over by trying again.
        try expectEnd(scene, 65, "does not carry \\\"name\\\"", "REPLICA IDENTITY FULL")
        #expect(try !scene.hasConfirmed(delete))
        #expect(try scene.consumer().recordsToEnd().map(\.text) == [#"a → {"id":1,"name":"a"}"#])
    }

    @Test("Failure mode 12: a row too large for the topic stops with 65, and is never skipped")
    func aRowTooLargeStops() throws {
        let scene = try Scene()
        let first = try scene.run()
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        try scene.sql.execute("INSERT INTO users VALUES (2, repeat('x', 1500000))")
        let large = try scene.currentLSN()
        try scene.sql.execute("INSERT INTO users VALUES (3, 'c')")
        #expect(try first.waitForExit(within: .seconds(60)) == .exited(65))
        try expectEnd(scene, 65, "raise the topic's max.message.bytes", scene.topic())
        #expect(try !scene.hasConfirmed(large))
        let second = try scene.run(scene.configuration(kafka: ["properties: {message.max.bytes: 4000000}"]))
        let consumer = try scene.consumer()
        _ = try consumer.recordsUntil { $0.contains { $0.keyText == "3" } }
        #expect(consumer.all.map(\.keyText).contains("2"))
        expectCleanStop(second)
    }

    @Test func aTableThatNoRuleNamesStopsWhereThatIsAskedFor() throws {
        let scene = try Scene(
            "CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE other (id int PRIMARY KEY)")
        let before = try scene.confirmedFlush()
        try scene.sql.execute("INSERT INTO other VALUES (1)")
        try expectEnd(
            scene, 78, "no rule names table public.other",
            configuration: scene.configuration(mapping: ["unmapped: error"]))
        #expect(try scene.confirmedFlush() == before)
    }

    @Test func aSlotOfAnotherPluginIsRefused() throws {
        let scene = try Scene(publishing: nil)
        try scene.sql.execute("CREATE PUBLICATION \(scene.publication) FOR ALL TABLES")
        do {
            try scene.createSlot(plugin: "test_decoding")
        } catch let error as HarnessError where error.description.contains("could not access file") {
            LeftOut.say("a slot of another plugin: this server has no test_decoding")
            return
        }
        try expectEnd(scene, 69, "uses plugin \\\"test_decoding\\\", not pgoutput")
    }

    @Test func aSlotOfAnotherDatabaseIsRefused() throws {
        let scene = try Scene()
        let other = try scene.server.createDatabase()
        let file = scene.configuration().replacing("database: \(scene.database)", with: "database: \(other)")
        try expectEnd(scene, 69, "belongs to database \\\"\(scene.database)\\\"", configuration: file)
    }

    @Test func aPhysicalSlotIsRefused() throws {
        let scene = try Scene(publishing: nil)
        try scene.sql.execute("CREATE PUBLICATION \(scene.publication) FOR ALL TABLES")
        try scene.sql.execute("SELECT pg_create_physical_replication_slot('\(scene.slot)')")
        try expectEnd(scene, 69, "is physical")
    }

    @Test("Failure mode 11: a slot that has lost WAL is refused, and the loss is named")
    func aSlotThatHasLostWALIsRefused() throws {
        let server = try PostgresServer(
            settings: ["max_slot_wal_keep_size": "1MB", "min_wal_size": "32MB", "max_wal_size": "32MB"])
        try server.start()
        let scene = try Scene(server: server)
        try eventually(within: .seconds(20), "the slot's loss") {
            try scene.sql.execute(
                "INSERT INTO users SELECT i, repeat('x', 500) FROM generate_series(1, 30000) i; TRUNCATE users")
            try scene.sql.execute("SELECT pg_switch_wal(); CHECKPOINT")
            return try scene.sql.value("SELECT wal_status FROM pg_replication_slots") == "lost"
        }
        try expectEnd(scene, 69, "has lost WAL", "load the tables again")
    }

    @Test func aServerWithoutLogicalDecodingIsRefused() throws {
        let server = try PostgresServer(settings: ["wal_level": "replica"])
        try server.start()
        let scene = try Scene(publishing: nil, server: server)
        try expectEnd(scene, 69, "wal_level is replica", "wal_level = logical")
    }

    @Test func aFileThatIsWrongIsRefusedBeforeAnythingElse() throws {
        let finished = try DaemonProcess.run(["run"], configuration: "cdc: {hots: x}")
        #expect(finished.status == .exited(78) && finished.errors.contains(":1:7: error: "), "\(finished)")
        #expect(try DaemonProcess.run(["run", "--nonsense"]).status == .exited(64))
        #expect(try DaemonProcess.run(["run", "--config", "/nowhere.yaml"]).status == .exited(78))
    }

    @Test func aPortThatIsTakenIsNamed() throws {
        let scene = try Scene()
        try expectEnd(scene, 69, "free the port", configuration: scene.configuration(metricPort: scene.server.port))
    }
}
