import TestSupport
import Testing

/// `setup` and `validate --online` against a real server.
@Suite struct SetupTests {
    /// Everything that a setup can change.
    private func state(_ scene: Scene) throws -> [[[String?]]] {
        try [
            "SELECT pubname, pubinsert, pubupdate, pubdelete, pubtruncate, puballtables FROM pg_publication ORDER BY 1",
            "SELECT pubname, schemaname, tablename, attnames FROM pg_publication_tables ORDER BY 1, 2, 3",
            "SELECT slot_name, plugin FROM pg_replication_slots WHERE database = current_database() ORDER BY 1",
            "SELECT relname, relreplident FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1",
            "SELECT rolname, rolreplication, rolcanlogin FROM pg_roles WHERE rolname = '\(scene.role)'",
        ].map { try scene.sql.query($0) }
    }

    private func full(_ scene: Scene) -> String {
        scene.configuration().replacing(
            "publication: {name: \(scene.publication)}",
            with: "publication: {name: \(scene.publication), tables: [{name: users, replicaIdentity: FULL}]}")
    }

    @Test func itMakesWhatIsMissingAndASecondRunChangesNothing() throws {
        let scene = try Scene(publishing: nil)
        let before = try state(scene)
        let dry = try scene.command(["setup", "--dry-run"], full(scene), environment: scene.asSuperuser)
        #expect(dry.status == .exited(0) && dry.output.contains("CREATE PUBLICATION"), "\(dry)")
        #expect(try state(scene) == before, "a dry run changed something")

        let first = try scene.command(["setup"], full(scene), environment: scene.asSuperuser)
        #expect(first.status == .exited(0), "\(first)")
        for line in ["CREATE PUBLICATION", "pg_create_logical_replication_slot", "REPLICA IDENTITY FULL"] {
            #expect(first.output.contains(line) && dry.output.contains(line), "\(first)")
        }
        let after = try state(scene)
        #expect(after != before)
        let second = try scene.command(["setup"], full(scene), environment: scene.asSuperuser)
        #expect(second.status == .exited(0) && second.output.contains("nothing to change"), "\(second)")
        #expect(try state(scene) == after)

        let daemon = try scene.run(full(scene))
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a'); DELETE FROM users")
        #expect(
            try scene.consumer().records(count: 2).map(\.text) == [
                #"1 → {"id":1,"name":"a"}"#, #"1 → {"id":1,"name":"a"}"#,
            ])
        expectCleanStop(daemon)
    }

    @Test func theRoleThatItCreatesIsEnoughToStream() throws {
        let scene = try Scene(publishing: nil)
        try scene.sql.execute("DROP ROLE \(scene.role); REVOKE ALL ON SCHEMA public FROM PUBLIC")
        let made = try scene.command(["setup", "--create-role"], environment: scene.asSuperuser)
        #expect(made.status == .exited(0), "\(made)")
        #expect(!(made.output + made.errors).contains(scene.password))
        let online = try scene.command(["validate", "--online"])
        #expect(online.status == .exited(0), "\(online)")
        let daemon = try scene.run()
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        #expect(try scene.consumer().records(count: 1).map(\.text) == [#"1 → {"id":1,"name":"a"}"#])
        expectCleanStop(daemon)
    }

    @Test("Failure mode 26: a setup that fails half-way leaves no slot and no publication")
    func aSetupThatFailsHalfWayLeavesNothing() throws {
        let server = try PostgresServer(settings: ["max_replication_slots": "1"])
        try server.start()
        let scene = try Scene(publishing: nil, server: server)
        try scene.sql.execute("SELECT pg_create_physical_replication_slot('taken')")
        let before = try state(scene)
        let failed = try scene.command(["setup"], full(scene), environment: scene.asSuperuser)
        #expect(failed.status == .exited(69), "\(failed)")
        #expect(failed.errors.contains("all replication slots are in use"), "\(failed)")
        #expect(failed.errors.contains("nothing of this run is left behind"), "\(failed)")
        #expect(try state(scene) == before)
    }

    @Test("Failure mode 26: a table that is locked is given way to, and nothing is left behind")
    func aLockedTableIsGivenWayTo() throws {
        let scene = try Scene(publishing: nil)
        let before = try state(scene)
        let application = try scene.session()
        try application.execute("BEGIN; INSERT INTO users VALUES (1, 'a')")
        let failed = try scene.command(["setup"], full(scene), environment: scene.asSuperuser)
        #expect(failed.status == .exited(69) && failed.errors.contains("lock timeout"), "\(failed)")
        try application.execute("COMMIT")
        #expect(try state(scene) == before)
        #expect(try scene.command(["setup"], full(scene), environment: scene.asSuperuser).status == .exited(0))
    }

    @Test func dropNeedsToBeConfirmed() throws {
        let scene = try Scene()
        let before = try state(scene)
        let refused = try scene.command(["setup", "--drop"], environment: scene.asSuperuser)
        #expect(refused.status == .exited(64) && refused.errors.contains("--yes"), "\(refused)")
        #expect(try state(scene) == before)
        let daemon = try scene.run()
        let active = try scene.command(["setup", "--drop", "--yes"], environment: scene.asSuperuser)
        #expect(active.status != .exited(0) && active.errors.contains("is active"), "\(active)")
        expectCleanStop(daemon)
        let dropped = try scene.command(["setup", "--drop", "--yes"], environment: scene.asSuperuser)
        #expect(dropped.status == .exited(0), "\(dropped)")
        #expect(try state(scene)[0].isEmpty && state(scene)[2].isEmpty)
        #expect(try scene.command(["setup", "--drop", "--yes"], environment: scene.asSuperuser).status == .exited(0))
    }

    @Test("Failure mode 27: validate --online names what the role lacks, and what mends it")
    func whatTheRoleLacksIsNamed() throws {
        let scene = try Scene()
        try scene.sql.execute("ALTER ROLE \(scene.role) NOREPLICATION")
        let finished = try scene.command(["validate", "--online"])
        #expect(finished.status == .exited(77), "\(finished)")
        #expect(finished.errors.contains("ALTER ROLE \"\(scene.role)\" REPLICATION;"), "\(finished)")
        #expect(finished.errors.contains("GRANT SELECT ON \"public\".\"users\" TO \"\(scene.role)\""), "\(finished)")
    }

    @Test("Failure mode 10: validate --online names a publication that differs from the configuration")
    func aPublicationThatDiffersIsNamed() throws {
        let scene = try Scene(
            "CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE orders (id int PRIMARY KEY)",
            rules: ["users": "{key: [id]}", "orders": "{key: [id]}"], publishing: "FOR TABLE users, orders")
        #expect(try scene.command(["validate", "--online"]).status == .exited(0))
        // Dropped and made again, a table is no longer in the publication.
        try scene.sql.execute("DROP TABLE orders; CREATE TABLE orders (id int PRIMARY KEY)")
        let finished = try scene.command(["validate", "--online"])
        #expect(finished.status == .exited(78), "\(finished)")
        #expect(finished.errors.contains("\"public.orders\" is not in publication"), "\(finished)")
        #expect(
            finished.errors.contains(#"ALTER PUBLICATION "cdc_publication" ADD TABLE "public"."orders";"#),
            "\(finished)")
        let operations = scene.configuration().replacing(
            "publication: {name: \(scene.publication)}",
            with: "publication: {name: \(scene.publication), operations: [INSERT]}")
        #expect(try scene.command(["validate", "--online"], operations).errors.contains("asks for insert"))
    }

    @Test func bothSidesAreAskedEvenIfOneIsDown() throws {
        let scene = try Scene()
        let finished = try scene.command(
            ["validate", "--online"],
            scene.configuration(port: try FreePort.next(), brokers: "127.0.0.1:\(try FreePort.next())"))
        #expect(finished.status == .exited(69), "\(finished)")
        #expect(finished.errors.contains("pg_isready") && finished.errors.contains("kcat -L"), "\(finished)")
    }

    @Test func runCreatesWhatItMayCreate() throws {
        let scene = try Scene(publishing: nil)
        try scene.sql.execute("ALTER TABLE users OWNER TO \(scene.role)")
        try scene.sql.execute("GRANT CREATE ON DATABASE \(scene.database) TO \(scene.role)")
        let file = scene.configuration()
            .replacing("{name: \(scene.publication)}", with: "{name: \(scene.publication), createIfNotExists: true}")
            .replacing("{name: \(scene.slot),", with: "{name: \(scene.slot), createIfNotExists: true,")
        let daemon = try scene.run(file)
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        #expect(try scene.consumer().records(count: 1).map(\.text) == [#"1 → {"id":1,"name":"a"}"#])
        expectCleanStop(daemon)
    }

    @Test func aClusterThatCannotBeReachedLeavesPostgreSQLAsItIs() throws {
        let scene = try Scene(publishing: nil)
        let before = try state(scene)
        let file = scene.configuration(brokers: "127.0.0.1:\(try FreePort.next())")
        let refused = try scene.command(["setup"], file, environment: scene.asSuperuser)
        #expect(refused.status == .exited(69), "\(refused)")
        #expect(refused.errors.contains("kcat -L") && refused.errors.contains("nothing was changed"), "\(refused)")
        #expect(try state(scene) == before)
        // Whoever does without the topic does without Kafka.
        let without = file.replacing("kafka:\n", with: "kafka:\n  stateTopic: none\n")
        let made = try scene.command(["setup"], without, environment: scene.asSuperuser)
        #expect(made.status == .exited(0), "\(made)")
    }
}
