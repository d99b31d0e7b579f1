import TestSupport
import Testing

/// What each kind of change becomes, from a real server to a real consumer.
@Suite struct ChangeTests {
    /// Runs the statements while the daemon streams, and returns what arrived for them.
    private func records(_ scene: Scene, count: Int, mapping: [String] = [], _ statements: String...) throws -> [String]
    {
        let daemon = try scene.run(scene.configuration(mapping: mapping))
        for statement in statements { try scene.sql.execute(statement) }
        let consumer = try scene.consumer()
        let records = try consumer.records(count: count).map(\.text)
        expectCleanStop(daemon)
        #expect(try consumer.recordsToEnd().map(\.text).isEmpty)
        return records
    }

    @Test func aDeleteUnderTheDefaultIdentityCarriesTheKeyColumns() throws {
        let scene = try Scene("CREATE TABLE users (id int PRIMARY KEY, name text)")
        #expect(
            try records(
                scene, count: 3, "INSERT INTO users VALUES (1, 'a')", "UPDATE users SET name = 'b'",
                "DELETE FROM users") == [
                    #"1 → {"id":1,"name":"a"}"#, #"1 → {"id":1,"name":"b"}"#, #"1 → {"id":1}"#,
                ])
    }

    @Test(
        "A delete sends what onDelete says",
        arguments: [
            ("old", [#"1 → {"id":1,"name":"a"}"#]),
            ("tombstone", ["1 → -"]),
            ("both", [#"1 → {"id":1,"name":"a"}"#, "1 → -"]),
            ("skip", []),
        ])
    func aDeleteSendsWhatOnDeleteSays(action: String, expected: [String]) throws {
        let scene = try Scene(
            """
            CREATE TABLE users (id int PRIMARY KEY, name text);
            ALTER TABLE users REPLICA IDENTITY FULL
            """, rules: ["users": "{key: [id], onDelete: \(action)}"])
        let all = try records(
            scene, count: 2 + expected.count, "INSERT INTO users VALUES (1, 'a')", "DELETE FROM users",
            "INSERT INTO users VALUES (2, 'b')")
        #expect(all == [#"1 → {"id":1,"name":"a"}"#] + expected + [#"2 → {"id":2,"name":"b"}"#])
    }

    @Test("Failure mode 9: an update of the key deletes the old key")
    func anUpdateOfTheKeyDeletesTheOldKey() throws {
        let scene = try Scene(rules: ["users": "{key: [id], onDelete: tombstone}"])
        #expect(
            try records(
                scene, count: 3, "INSERT INTO users VALUES (1, 'a')", "UPDATE users SET id = 2") == [
                    #"1 → {"id":1,"name":"a"}"#, "1 → -", #"2 → {"id":2,"name":"a"}"#,
                ])
    }

    @Test("Failure mode 9: a truncate is recorded where it is asked for")
    func aTruncateIsRecordedWhereItIsAskedFor() throws {
        let scene = try Scene(rules: ["users": "{key: [id], onTruncate: record}"])
        let all = try records(
            scene, count: 3, "INSERT INTO users VALUES (1, 'a')", "TRUNCATE users RESTART IDENTITY CASCADE",
            "INSERT INTO users VALUES (2, 'b')")
        #expect(
            all[1]
                == #"- → {"operation":"TRUNCATE","schema":"public","table":"users","cascade":true,"restartIdentity":true}"#
        )
    }

    @Test func aTruncateIsSkippedWhereItIsNot() throws {
        let all = try records(
            try Scene(), count: 2, "INSERT INTO users VALUES (1, 'a')", "TRUNCATE users",
            "INSERT INTO users VALUES (2, 'b')")
        #expect(all == [#"1 → {"id":1,"name":"a"}"#, #"2 → {"id":2,"name":"b"}"#])
    }

    @Test func severalKeyColumnsMakeAnObjectInTheRulesOrder() throws {
        let scene = try Scene(
            "CREATE TABLE users (a int, b text, c text, PRIMARY KEY (a, b))", rules: ["users": "{key: [b, a]}"])
        #expect(
            try records(scene, count: 2, "INSERT INTO users VALUES (1, 'x', 'y')", "DELETE FROM users") == [
                #"{"b":"x","a":1} → {"a":1,"b":"x","c":"y"}"#, #"{"b":"x","a":1} → {"a":1,"b":"x"}"#,
            ])
    }

    @Test func withoutAKeyRuleThePrimaryKeyIsReadFromTheCatalog() throws {
        let scene = try Scene(
            """
            CREATE TABLE users (a int, b int, c int, PRIMARY KEY (c, a));
            ALTER TABLE users REPLICA IDENTITY FULL
            """, rules: ["users": "{}"])
        #expect(
            try records(scene, count: 1, "INSERT INTO users VALUES (1, 2, 3)") == [
                #"{"c":3,"a":1} → {"a":1,"b":2,"c":3}"#
            ])
    }

    @Test func theOperationsNameGoesWhereItIsAskedFor() throws {
        let scene = try Scene(rules: ["users": "{key: [id], operationField: op}"])
        #expect(
            try records(
                scene, count: 3, "INSERT INTO users VALUES (1, 'a')", "UPDATE users SET name = 'b'",
                "DELETE FROM users") == [
                    #"1 → {"id":1,"name":"a","op":"INSERT"}"#, #"1 → {"id":1,"name":"b","op":"UPDATE"}"#,
                    #"1 → {"id":1,"op":"DELETE"}"#,
                ])
    }

    @Test func changesOfATableThatNoRuleNamesAreSkippedAndSaidOnce() throws {
        let scene = try Scene(
            "CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE other (id int PRIMARY KEY)")
        let daemon = try scene.run()
        for id in 1...3 { try scene.sql.execute("INSERT INTO other VALUES (\(id))") }
        try scene.sql.execute("INSERT INTO users VALUES (1, 'a')")
        #expect(try scene.consumer().records(count: 1).map(\.text) == [#"1 → {"id":1,"name":"a"}"#])
        #expect(daemon.log.lines.count { $0.contains("table=public.other") } == 1, "\(daemon.log.text)")
    }

    @Test("Failure mode 8: an unchanged TOAST value is left out, never null")
    func anUnchangedTOASTValueIsLeftOut() throws {
        let scene = try Scene("CREATE TABLE users (id int PRIMARY KEY, n int, doc text)")
        try scene.sql.execute("ALTER TABLE users ALTER doc SET STORAGE EXTERNAL")
        let all = try records(
            scene, count: 2, "INSERT INTO users VALUES (1, 1, repeat('x', 9000))", "UPDATE users SET n = 2")
        #expect(all[1] == #"1 → {"id":1,"n":2}"#)
    }

    @Test("Failure mode 8: an unchanged TOAST value comes from the old row where there is one")
    func anUnchangedTOASTValueComesFromTheOldRow() throws {
        let scene = try Scene("CREATE TABLE users (id int PRIMARY KEY, n int, doc text)")
        try scene.sql.execute("ALTER TABLE users ALTER doc SET STORAGE EXTERNAL")
        try scene.sql.execute("ALTER TABLE users REPLICA IDENTITY FULL")
        let all = try records(
            scene, count: 2, "INSERT INTO users VALUES (1, 1, repeat('x', 9000))", "UPDATE users SET n = 2")
        #expect(all[1] == "1 → {\"id\":1,\"n\":2,\"doc\":\"\(String(repeating: "x", count: 9000))\"}")
    }

    @Test func aChangedTableTakesEffectAtTheRowAfterIt() throws {
        #expect(
            try records(
                try Scene(), count: 5, "INSERT INTO users VALUES (1, 'a')",
                "ALTER TABLE users ADD COLUMN age int DEFAULT 7", "INSERT INTO users VALUES (2, 'b', 8)",
                "ALTER TABLE users RENAME name TO nick", "INSERT INTO users VALUES (3, 'c', 9)",
                "ALTER TABLE users DROP COLUMN nick", "INSERT INTO users VALUES (4, 10)",
                "BEGIN; ALTER TABLE users ADD COLUMN x bool; INSERT INTO users VALUES (5, 11, true); COMMIT") == [
                    #"1 → {"id":1,"name":"a"}"#, #"2 → {"id":2,"name":"b","age":8}"#,
                    #"3 → {"id":3,"nick":"c","age":9}"#, #"4 → {"id":4,"age":10}"#, #"5 → {"id":5,"age":11,"x":true}"#,
                ])
    }

    @Test func aRolledBackSavepointLosesNothingElse() throws {
        let all = try records(
            try Scene(), count: 3,
            """
            BEGIN; INSERT INTO users VALUES (1, 'a'); SAVEPOINT s; INSERT INTO users VALUES (2, 'b');
            ROLLBACK TO s; INSERT INTO users VALUES (3, 'c'); COMMIT
            """, "BEGIN; INSERT INTO users VALUES (4, 'd'); ROLLBACK", "INSERT INTO users VALUES (5, 'e')")
        #expect(all == [#"1 → {"id":1,"name":"a"}"#, #"3 → {"id":3,"name":"c"}"#, #"5 → {"id":5,"name":"e"}"#])
    }

    @Test("Failure mode 25: values come back from JSON as PostgreSQL prints them")
    func valuesComeBackAsPostgreSQLPrintsThem() throws {
        let scene = try Scene(
            """
            CREATE TABLE users (id int PRIMARY KEY, u uuid, n numeric, f float8, j jsonb, b bytea, ts timestamp,
                tz timestamptz, i interval, r int4range, a int[], t text[], nan numeric, far timestamptz, no bool)
            """)
        #expect(
            try records(
                scene, count: 1,
                """
                INSERT INTO users VALUES (1, '6f0f5d1e-7b7a-4c7b-9f4e-0d3c7a0e1a11', 12345678901234567890.10, 0.1,
                    '{"n": 9007199254740993}', '\\x00ff', '2026-11-22 10:00:00.5', '2026-11-22 10:00:00+02',
                    '1 day 02:00', '[1,5)', '{{1,2},{3,NULL}}', '{"a\\"b","c,d"}', 'NaN', 'infinity', NULL)
                """) == [
                    #"1 → {"id":1,"u":"6f0f5d1e-7b7a-4c7b-9f4e-0d3c7a0e1a11","n":12345678901234567890.10,"f":0.1,"#
                        + #""j":{"n": 9007199254740993},"b":"AP8=","ts":"2026-11-22T10:00:00.5","#
                        + #""tz":"2026-11-22T08:00:00Z","i":"1 day 02:00:00","r":"[1,5)","a":[[1,2],[3,null]],"#
                        + #""t":["a\"b","c,d"],"nan":"NaN","far":"infinity","no":null}"#
                ])
    }
}
