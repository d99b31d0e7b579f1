import TestSupport
import Testing

/// A publication never keeps the application from writing.
@Suite struct GeneratedColumnTests {
    @Test func setupLeavesTheApplicationsUpdatesAlone() throws {
        let scene = try Scene(
            """
            CREATE TABLE users (id int PRIMARY KEY, name text, twice int GENERATED ALWAYS AS (id * 2) STORED);
            ALTER TABLE users REPLICA IDENTITY FULL; INSERT INTO users VALUES (1, 'a')
            """, publishing: nil)
        guard Int(try scene.sql.value("SHOW server_version_num") ?? "") ?? 0 >= 180_000 else {
            LeftOut.say("generated columns in a publication: this server is older than PostgreSQL 18")
            return
        }
        let refused = try scene.command(["setup"], environment: scene.asSuperuser)
        #expect(refused.status == .exited(78) && refused.errors.contains("generatedColumns: stored"), "\(refused)")
        try scene.sql.execute("UPDATE users SET name = 'b'")
        let file = scene.configuration().replacing(
            "publication: {name: \(scene.publication)}",
            with: "publication: {name: \(scene.publication), generatedColumns: stored}")
        let made = try scene.command(["setup"], file, environment: scene.asSuperuser)
        #expect(made.status == .exited(0), "\(made)")
        try scene.sql.execute("UPDATE users SET name = 'c'")
        let daemon = try scene.run(file)
        #expect(try scene.consumer().records(count: 1).map(\.text) == [#"1 → {"id":1,"name":"c","twice":2}"#])
        expectCleanStop(daemon)
        try scene.sql.execute("ALTER PUBLICATION \(scene.publication) SET (publish_generated_columns = none)")
        let found = try scene.command(["validate", "--online"], file)
        #expect(found.status == .exited(78) && found.errors.contains("refuses every UPDATE and DELETE"), "\(found)")
    }
}
