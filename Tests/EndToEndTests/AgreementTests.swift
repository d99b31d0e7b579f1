import TestSupport
import Testing

/// `validate --online` asks what `run` asks: what ends the one is an error of the other, in the same words and with the
/// same exit status.
@Suite struct AgreementTests {
    /// Expects that both end with `code` and say the words.
    private func expectBoth(
        _ scene: Scene, _ code: Int32, _ words: String..., configuration: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let validated = try scene.command(["validate", "--online"], configuration)
        #expect(validated.status == .exited(code), "\(validated)", sourceLocation: sourceLocation)
        let end = try scene.runToEnd(configuration)
        #expect(end.status == .exited(code), "\(end.log)", sourceLocation: sourceLocation)
        for word in words {
            #expect(
                validated.errors.contains(word), "\"\(word)\" is not in: \(validated)", sourceLocation: sourceLocation)
            let logged = word.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"")
            #expect(end.log.contains(logged), "\"\(logged)\" is not in: \(end.log)", sourceLocation: sourceLocation)
        }
    }

    private func file(_ scene: Scene) -> String {
        scene.configuration(kafka: ["stateTopic: \(UniqueName.next("state"))"])
    }

    /// Streams a row and stops, so that a position is kept.
    private func stream(_ scene: Scene, _ file: String) throws {
        let daemon = try scene.run(file)
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        try scene.waitUntilConfirmed(try scene.currentLSN())
        expectCleanStop(daemon)
    }

    @Test func aSlotBeyondThePosition() throws {
        let scene = try Scene()
        let file = file(scene)
        try stream(scene, file)
        try scene.dropSlot()
        try scene.sql.execute("INSERT INTO users VALUES (2, 'lost')")
        try scene.createSlot()
        try expectBoth(scene, 69, "the slot stands beyond the position in Kafka", "onGap: accept", configuration: file)
    }

    @Test func aSlotThatIsGoneWithTheGap() throws {
        let scene = try Scene()
        let file = file(scene)
        try stream(scene, file)
        try scene.dropSlot()
        try scene.sql.execute("INSERT INTO users VALUES (2, 'lost')")
        try expectBoth(scene, 69, "\"\(scene.slot)\" does not exist", "what was committed from", configuration: file)
    }

    @Test func aPositionOfAnotherServer() throws {
        let scene = try Scene()
        let file = file(scene)
        try stream(scene, file)
        let server = try PostgresServer()
        try server.start()
        let other = try server.session(database: "postgres")
        try other.execute("CREATE USER \(scene.role) WITH REPLICATION LOGIN PASSWORD '\(scene.password)'")
        try other.execute("CREATE DATABASE \(scene.database)")
        let session = try server.session(database: scene.database)
        try session.execute("CREATE TABLE users (id int PRIMARY KEY, name text)")
        try session.execute("CREATE PUBLICATION \(scene.publication) FOR ALL TABLES")
        try session.execute("SELECT pg_create_logical_replication_slot('\(scene.slot)', 'pgoutput')")
        try expectBoth(
            scene, 69, "has a position in Kafka, but of another server",
            configuration: file.replacing("port: \(scene.server.port)", with: "port: \(server.port)"))
    }

    @Test func aPublicationThatWasMadeAnewBehindChanges() throws {
        let scene = try Scene()
        try scene.sql.execute("DROP PUBLICATION \(scene.publication); INSERT INTO users VALUES (1, 'a')")
        try scene.sql.execute("CREATE PUBLICATION \(scene.publication) FOR ALL TABLES")
        try scene.sql.execute("INSERT INTO users VALUES (2, 'b')")
        let before = try scene.confirmedFlush()
        try expectBoth(scene, 69, "pg_replication_slot_advance(", "pqcdc-kafka snapshot")
        #expect(try scene.confirmedFlush() == before)
    }

    @Test func aPublicationThatWasOnlyAlteredIsFine() throws {
        let scene = try Scene()
        try scene.sql.execute("ALTER PUBLICATION \(scene.publication) SET (publish = 'insert, update, delete')")
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        let validated = try scene.command(["validate", "--online"])
        #expect(validated.status == .exited(0), "\(validated)")
        let daemon = try scene.run()
        #expect(try scene.consumer().records(count: 1).map(\.text) == [#"1 → {"id":1,"name":"a"}"#])
        expectCleanStop(daemon)
    }

    @Test func aMistypedPublicationListsThoseThatExistAndGivesNothingUp() throws {
        let scene = try Scene()
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        let file = scene.configuration().replacing(
            "publication: {name: \(scene.publication)}", with: "publication: {name: cdc_publicaton}")
        try expectBoth(
            scene, 69, "publication \"cdc_publicaton\" does not exist (there is \"\(scene.publication)\")",
            "correct cdc.publication.name", configuration: file)
        #expect(!(try scene.runToEnd(file).log.contains("pg_replication_slot_advance")))
    }

    @Test func aMistypedSlotListsThoseThatExist() throws {
        let scene = try Scene()
        try expectBoth(
            scene, 69, "(there is \"\(scene.slot)\")", "correct cdc.slot.name",
            configuration: scene.configuration().replacing("name: \(scene.slot),", with: "name: \(scene.slot)x,"))
    }

    @Test func aSlotWithTwoPhase() throws {
        let scene = try Scene(publishing: nil)
        try scene.sql.execute("CREATE PUBLICATION \(scene.publication) FOR ALL TABLES")
        try scene.sql.execute("SELECT pg_create_logical_replication_slot('\(scene.slot)', 'pgoutput', false, true)")
        try expectBoth(scene, 69, "was made with two_phase", "name another slot in cdc.slot.name")
        let setup = try scene.command(["setup"], environment: scene.asSuperuser)
        #expect(setup.status == .exited(69) && setup.errors.contains("was made with two_phase"), "\(setup)")
    }

    @Test func aSlotOfAnotherPlugin() throws {
        let scene = try Scene(publishing: nil)
        try scene.sql.execute("CREATE PUBLICATION \(scene.publication) FOR ALL TABLES")
        try scene.createSlot(plugin: "test_decoding")
        try expectBoth(scene, 69, "test_decoding")
    }

    @Test func aPhysicalSlot() throws {
        let scene = try Scene(publishing: nil)
        try scene.sql.execute("CREATE PUBLICATION \(scene.publication) FOR ALL TABLES")
        try scene.sql.execute("SELECT pg_create_physical_replication_slot('\(scene.slot)')")
        try expectBoth(scene, 69, "physical")
    }

    @Test func aSlotOfAnotherDatabase() throws {
        let scene = try Scene(publishing: nil)
        try scene.sql.execute("CREATE PUBLICATION \(scene.publication) FOR ALL TABLES")
        let other = try scene.server.session(database: try scene.server.createDatabase())
        try other.execute("SELECT pg_create_logical_replication_slot('\(scene.slot)', 'pgoutput')")
        try expectBoth(scene, 69, "belongs to database")
        try other.execute("SELECT pg_drop_replication_slot('\(scene.slot)')")
    }

    @Test func aSlotThatHasLostItsWAL() throws {
        let server = try PostgresServer(
            settings: ["max_slot_wal_keep_size": "1MB", "min_wal_size": "32MB", "max_wal_size": "32MB"])
        try server.start()
        let scene = try Scene(server: server)
        let file = file(scene)
        try stream(scene, file)
        try eventually(within: .seconds(60), "the slot's loss") {
            try scene.sql.execute(
                "INSERT INTO users SELECT i, repeat('x', 500) FROM generate_series(2, 30000) i; TRUNCATE users")
            try scene.sql.execute("SELECT pg_switch_wal(); CHECKPOINT")
            return try scene.sql.value("SELECT wal_status FROM pg_replication_slots") == "lost"
        }
        try expectBoth(scene, 69, "has lost WAL that it needs", "bytes of WAL", configuration: file)
    }

    @Test func aServerThatDoesNotWriteWhatIsDecoded() throws {
        let server = try PostgresServer(settings: ["wal_level": "replica"])
        try server.start()
        let scene = try Scene(publishing: nil, server: server)
        try scene.sql.execute("CREATE PUBLICATION \(scene.publication) FOR ALL TABLES")
        try expectBoth(scene, 69, "wal_level")
    }

    @Test("A slot that standbys are to have, and a session that streams, keep neither from running")
    func aFailoverSlotIsFine() throws {
        let scene = try Scene(publishing: nil)
        guard Int(try scene.sql.value("SHOW server_version_num") ?? "") ?? 0 >= 170_000 else {
            LeftOut.say("failover slots: this server is older than PostgreSQL 17")
            return
        }
        try scene.sql.execute("CREATE PUBLICATION \(scene.publication) FOR ALL TABLES")
        try scene.sql.execute(
            "SELECT pg_create_logical_replication_slot('\(scene.slot)', 'pgoutput', failover => true)")
        let daemon = try scene.run()
        let validated = try scene.command(["validate", "--online"])
        #expect(validated.status == .exited(0) && validated.errors.contains("is a failover slot"), "\(validated)")
        expectCleanStop(daemon)
    }

    @Test func aTemporarySlotOfAnotherSession() throws {
        let scene = try Scene(publishing: nil)
        try scene.sql.execute("CREATE PUBLICATION \(scene.publication) FOR ALL TABLES")
        try scene.sql.execute("SELECT pg_create_logical_replication_slot('\(scene.slot)', 'pgoutput', true)")
        try expectBoth(scene, 69, "is temporary")
        try scene.sql.execute("SELECT pg_drop_replication_slot('\(scene.slot)')")
    }

    @Test func aStandbyIsCalledOne() throws {
        let server = try PostgresServer()
        try server.start()
        let scene = try Scene(publishing: nil, server: server)
        try server.stop()
        try TextFile.write("", to: "\(server.folder)/data/standby.signal")
        try server.start()
        // From 16 on it can decode, and lacks the slot.
        try expectBoth(scene, 69, "standby", "name the primary in cdc.host")
        let setup = try scene.command(["setup"], environment: scene.asSuperuser)
        #expect(setup.status != .exited(0) && setup.errors.contains("is a standby"), "\(setup)")
        let asked = try scene.command(
            ["snapshot", "--table", "public.users"], scene.configuration(cdc: ["snapshot: {onDemand: anyone}"]))
        #expect(asked.status == .exited(69) && asked.errors.contains("is a standby"), "\(asked)")
    }
}
