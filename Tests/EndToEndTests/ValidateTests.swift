import TestSupport
import Testing

/// `validate`, and what `setup` makes of patterns, against a real server.
@Suite struct ValidateTests {
    private static let tenants = """
        CREATE SCHEMA tenant_a; CREATE SCHEMA tenant_b;
        CREATE TABLE tenant_a.orders (id int PRIMARY KEY, body text, region text);
        CREATE TABLE tenant_b.orders (id int PRIMARY KEY, body text, region text);
        CREATE TABLE public.orders (id int PRIMARY KEY, body text)
        """

    private func validate(
        _ scene: Scene, _ mapping: String, _ arguments: String...
    ) throws -> FinishedProcess {
        try scene.command(["validate"] + arguments, scene.configuration(mappingText: mapping))
    }

    @Test func explainShowsTheRuleOfEachTableOfThePublication() throws {
        let scene = try Scene(Self.tenants, rules: [:])
        let mapping = """
              tables:
                tenant_*.orders: {topic: "cdc.{schema}.{table}", columns: {exclude: [body], mask: {region: sha256}}}
                tenant_b.orders: {topic: special, filter: region = 'eu'}
            """
        let online = try validate(scene, mapping, "--online", "--explain")
        #expect(online.status == .exited(0), "\(online)")
        let sections = online.output.split(separator: "\n\n").map(String.init)
        func section(_ title: String) -> String { sections.first { $0.hasPrefix("\(title)\n") } ?? "" }
        #expect(section("public.orders").contains("rule  none: its changes are skipped"), "\(online.output)")
        for line in [
            "rule            mapping.tables.tenant_*.orders", "topic           cdc.tenant_a.orders",
            "key             id (the primary key)", "left out        body", "masked          region: sha256",
        ] { #expect(section("tenant_a.orders").contains(line), "\(online.output)") }
        for line in ["mapping.tables.tenant_b.orders", "special", "region = 'eu'"] {
            #expect(section("tenant_b.orders").contains(line), "\(online.output)")
        }
        // Alone it needs no server.
        let offline = try validate(scene, mapping, "--explain")
        #expect(offline.output.contains("\n\ntenant_*.orders\n  topic           cdc.{schema}.{table}\n"), "\(offline)")
    }

    @Test func aPatternsTablesAreChecked() throws {
        let scene = try Scene(Self.tenants, rules: [:])
        let finished = try validate(
            scene,
            """
              tables:
                public.*: {topic: all}
                tenant_*.orders: {topic: all, headers: {r: "{column:reg}"}}
                nowhere.*: {topic: all}
            """, "--online")
        #expect(finished.status == .exited(78), "\(finished)")
        for table in ["tenant_a.orders", "tenant_b.orders"] {
            #expect(finished.errors.contains(#"error: table \#(table) has no column "reg""#), "\(finished)")
        }
        #expect(finished.errors.contains("correct headers in mapping.tables.tenant_*.orders"), "\(finished)")
        #expect(finished.errors.contains(#""nowhere.*" names no table of publication"#), "\(finished)")
        #expect(!finished.errors.contains("error: table public.orders"), "\(finished)")
    }

    @Test func aFilterThatDoesNotFitIsNamedWithItsPlaceInTheFile() throws {
        let scene = try Scene(Self.tenants, rules: [:])
        let mapping = """
              tables:
                "*.orders":
                  topic: all
                  filter: id > 3 and region = 'eu'
            """
        let finished = try validate(scene, mapping, "--online")
        #expect(finished.status == .exited(78), "\(finished)")
        let lines = scene.configuration(mappingText: mapping).split(separator: "\n", omittingEmptySubsequences: false)
        let line = try #require(lines.firstIndex { $0.contains("filter:") }) + 1
        #expect(finished.errors.contains("pqcdc-kafka.yaml:\(line):26"), "\(finished)")
        #expect(finished.errors.contains(#"has no column "region""#), "\(finished)")
    }

    @Test("Failure mode 27: what reselecting lacks is an error with its GRANT, which is enough")
    func reselectingNeedsSelect() throws {
        let scene = try Scene(Self.tenants, rules: [:])
        let mapping = "  tables: {tenant_*.orders: {topic: all, unchangedToast: reselect}, public.*: {topic: all}}"
        let refused = try validate(scene, mapping, "--online")
        #expect(refused.status == .exited(77), "\(refused)")
        for schema in ["tenant_a", "tenant_b"] {
            let grant =
                #"GRANT USAGE ON SCHEMA "\#(schema)" TO "\#(scene.role)"; GRANT SELECT ON "\#(schema)"."orders" TO "\#(scene.role)";"#
            #expect(refused.errors.contains(grant), "\(refused)")
            try scene.sql.execute(grant)
        }
        #expect(try validate(scene, mapping, "--online").status == .exited(0))
        try scene.sql.execute("ALTER TABLE tenant_a.orders ENABLE ROW LEVEL SECURITY")
        let hidden = try validate(scene, mapping, "--online")
        #expect(hidden.status == .exited(77) && hidden.errors.contains("BYPASSRLS"), "\(hidden)")
    }

    @Test func setupMakesNoPublicationOfPatternsAlone() throws {
        let scene = try Scene(Self.tenants, rules: [:], publishing: nil)
        let mapping = "  tables: {tenant_*.orders: {topic: all}}"
        let file = scene.configuration(mappingText: mapping)
        let refused = try scene.command(["setup"], file, environment: scene.asSuperuser)
        #expect(refused.status == .exited(78) && refused.errors.contains("nothing was changed"), "\(refused)")
        #expect(refused.errors.contains("list them in cdc.publication.tables"), "\(refused)")
        #expect(try scene.sql.value("SELECT count(*) FROM pg_publication") == "0")
        let listed = file.replacing(
            "{name: \(scene.publication)}",
            with: "{name: \(scene.publication), tables: [{name: orders, schema: tenant_a}]}")
        let made = try scene.command(["setup"], listed, environment: scene.asSuperuser)
        #expect(made.status == .exited(0), "\(made)")
        #expect(try scene.sql.value("SELECT schemaname FROM pg_publication_tables") == "tenant_a")
    }
}
