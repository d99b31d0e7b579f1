import TestSupport
import Testing

/// Primary keys of which the server does not send everything.
@Suite struct HiddenKeyTests {
    private static let generated =
        "CREATE TABLE users (id int, g int GENERATED ALWAYS AS (id % 7) STORED, name text, PRIMARY KEY (KEY))"

    /// A server below 18 sends no generated column, 18 none unless the publication says so.
    @Test(arguments: ["g", "id, g", "g, id"], ["DEFAULT", "FULL"])
    func aGeneratedColumnInTheKeyStopsTheDaemonWhichNamesIt(key: String, identity: String) throws {
        let scene = try Scene(
            Self.generated.replacing("KEY (KEY)", with: "KEY (\(key))")
                + "; ALTER TABLE users REPLICA IDENTITY \(identity)",
            rules: ["users": "{}"])
        let daemon = try scene.run()
        try scene.sql.execute("INSERT INTO users (id, name) VALUES (1, 'a')")
        #expect(try daemon.waitForExit(within: .seconds(60)) == .exited(65), "\(daemon.log.text)")
        #expect(daemon.log.text.contains(#"does not send \"g\" of the primary key of table public.users"#))
        #expect(try scene.consumer().recordsToEnd().isEmpty)
        let validation = try scene.command(["validate", "--online"])
        #expect(validation.status == .exited(78), "\(validation.output)\(validation.errors)")
    }

    @Test func aKeyRuleOfColumnsThatAreSentIsTheWayOut() throws {
        let scene = try Scene(
            Self.generated.replacing("KEY (KEY)", with: "KEY (id, g)"), rules: ["users": "{key: [id], onDelete: skip}"])
        let daemon = try scene.run()
        try scene.sql.execute("INSERT INTO users (id, name) VALUES (1, 'a')")
        #expect(try scene.consumer().records(count: 1).map(\.text) == [#"1 → {"id":1,"name":"a"}"#])
        expectCleanStop(daemon)
    }

    @Test func aColumnListThatLeavesPartOfTheKeyOutStopsTheDaemon() throws {
        let scene = try Scene(
            "CREATE TABLE users (id int, region text, name text, PRIMARY KEY (id, region))", rules: ["users": "{}"],
            publishing: "FOR TABLE users (id, name) WITH (publish = 'insert')")
        let daemon = try scene.run()
        try scene.sql.execute("INSERT INTO users VALUES (1, 'eu', 'a')")
        #expect(try daemon.waitForExit(within: .seconds(60)) == .exited(65), "\(daemon.log.text)")
        #expect(daemon.log.text.contains("region"))
    }

    @Test func aColumnThatJoinedTheKeySinceIsNotTakenForAHiddenOne() throws {
        let scene = try Scene("CREATE TABLE users (id int PRIMARY KEY, name text)", rules: ["users": "{}"])
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        try scene.sql.execute(
            "ALTER TABLE users DROP CONSTRAINT users_pkey, ADD region text DEFAULT 'eu', ADD PRIMARY KEY (id, region)")
        try scene.sql.execute("INSERT INTO users VALUES (2, 'b', 'us')")
        let daemon = try scene.run()
        #expect(
            try scene.consumer().records(count: 2).map(\.text) == [
                #"1 → {"id":1,"name":"a"}"#, #"{"id":2,"region":"us"} → {"id":2,"name":"b","region":"us"}"#,
            ])
        expectCleanStop(daemon)
    }
}
