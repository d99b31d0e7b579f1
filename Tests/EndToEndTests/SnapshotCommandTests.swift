import TestSupport
import Testing

/// `pqcdc-kafka snapshot`, and `validate --online` of a configuration that wants a snapshot.
@Suite struct SnapshotCommandTests {
    private static let schema = """
        CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE keyless (a int);
        CREATE TABLE secret (id int PRIMARY KEY); CREATE TABLE stranger (id int PRIMARY KEY);
        CREATE TABLE "Odd.T" (id int PRIMARY KEY); CREATE TABLE loose (id int PRIMARY KEY)
        """

    private func scene() throws -> Scene {
        let rules = Dictionary(
            uniqueKeysWithValues: ["users", "keyless", "secret", "loose"].map { ($0, "{key: [id]}") })
        let scene = try Scene(
            Self.schema, rules: rules, publishing: #"FOR TABLE users, keyless, secret, stranger, "Odd.T""#,
            partitions: 0)
        try scene.sql.execute(#"GRANT SELECT ON users, keyless, stranger, loose, "Odd.T" TO \#(scene.role)"#)
        return scene
    }

    private static func anyone(_ scene: Scene) -> String {
        scene.configuration(cdc: ["snapshot: {onDemand: anyone}"])
    }

    /// The logical messages in the slot's WAL, as far as they are text.
    private func messages(_ scene: Scene) throws -> [String] {
        try scene.sql.query(
            """
            SELECT encode(data, 'escape') FROM pg_logical_slot_peek_binary_changes('\(scene.slot)', NULL, NULL,
                'proto_version', '1', 'publication_names', '\(scene.publication)', 'messages', 'true')
            WHERE get_byte(data, 0) = 77
            """
        ).compactMap { $0[0] }
    }

    @Test func theRequestIsWrittenToTheWAL() throws {
        let scene = try scene()
        let finished = try scene.command(
            ["snapshot", "--table", "public.users", "--where", "id > 5 AND name <> 'x'"], Self.anyone(scene))
        #expect(finished.status == .exited(0), "\(finished)")
        #expect(finished.output.contains(#"asked for a snapshot of table "public.users""#), "\(finished)")
        #expect(finished.errors.contains("nobody streams from slot"), "\(finished)")
        let written = try messages(scene)
        let json = #"{"table":"public.users","where":"id > 5 AND name <> 'x'","slot":"\#(scene.slot)"}"#
        #expect(written.count == 1 && written[0].contains("pqcdc.snapshot") && written[0].hasSuffix(json), "\(written)")
    }

    @Test(
        arguments: [
            ("public.gone", nil, 78, #"table "public.gone" does not exist"#),
            ("loose", nil, 78, "is not in publication"), ("stranger", nil, 78, "no mapping names"),
            ("keyless", nil, 78, "has no primary key"), ("secret", nil, 77, "GRANT SELECT ON"),
            ("users", "nom = 'x'", 78, #"has no column "nom""#), ("users", "id", 78, "alone no condition"),
            (#""Odd.T""#, nil, 78, "no mapping names"), ("a.b.c", nil, 64, "is not a table's name"),
            ("users", "true) OR (true", 64, "there is no ( for this )"), ("users", "", 64, "must not be empty"),
            ("users", "length(name) > 3", 64, "there is no function length"),
            ("users", "id IN (SELECT 1)", 64, "is no SQL"),
        ] as [(String, String?, Int32, String)])
    func whatCannotBeAskedForIsRefusedAndNotWritten(
        _ table: String, _ condition: String?, _ status: Int32, _ reason: String
    ) throws {
        let scene = try scene()
        let finished = try scene.command(
            ["snapshot", "--table", table] + (condition.map { ["--where", $0] } ?? []), Self.anyone(scene))
        #expect(finished.status == .exited(status), "\(finished)")
        #expect(finished.errors.contains(reason), "\(finished)")
        #expect(try messages(scene) == [])
    }

    @Test func validateSaysWhatKeepsASnapshotFromBeingTaken() throws {
        let scene = try scene()
        let finished = try scene.command(
            ["validate", "--online"],
            scene.configuration(cdc: [
                "snapshot: {mode: initial, tables: [{name: users, queryCondition: nom = 'x'}, {name: secret}]}"
            ]))
        #expect(finished.status == .exited(78), "\(finished)")
        #expect(
            finished.errors.contains(
                #"error: the condition for a snapshot of table "public.users" is refused: column "nom" does not exist"#),
            "\(finished)")
        #expect(finished.errors.contains(#"cannot read "public.secret", as a snapshot does"#), "\(finished)")
    }

    @Test func snapshotOnlyNeedsNeitherSlotNorPublication() throws {
        let scene = try Scene(partitions: 1)
        try scene.dropSlot()
        try scene.sql.execute("DROP PUBLICATION \(scene.publication); GRANT SELECT ON users TO \(scene.role)")
        let finished = try scene.command(
            ["validate", "--online"], scene.configuration(cdc: ["snapshot: {mode: snapshot_only}"]))
        #expect(finished.status == .exited(0), "\(finished)")
        #expect(!finished.errors.contains("error:"), "\(finished)")
        let request = try scene.command(
            ["snapshot", "--table", "users"], scene.configuration(cdc: ["snapshot: {mode: snapshot_only}"]))
        #expect(request.status == .exited(78), "\(request)")
    }
}
