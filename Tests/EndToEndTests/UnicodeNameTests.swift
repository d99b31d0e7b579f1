import Foundation
import TestSupport
import Testing

/// Names that no test in ASCII reaches, from PostgreSQL's catalog to Kafka.
@Suite struct UnicodeNameTests {
    /// 63 bytes, all of four-byte letters but the last three.
    private static let crabs = String(repeating: "\u{1F980}", count: 15) + "abc"
    private static let schema = "Sch\"\u{301}ema.ß"
    private static let columns = [
        "gr\u{F6}\u{DF}e", "gro\u{308}\u{DF}e", "a\"\u{301}b'\u{301}", "\u{202E}\u{1B}[31m", crabs,
    ]

    private static func sql(_ name: String) -> String {
        "\"" + name.unicodeScalars.map { $0 == "\"" ? "\"\"" : "\($0)" }.joined() + "\""
    }

    /// JSON's strings are YAML's too.
    private static func yaml(_ text: String) throws -> String {
        String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
    }

    @Test func tableColumnsSchemaPublicationAndSlotMayHaveAnyName() throws {
        let table = Self.sql(Self.schema) + "." + Self.sql(Self.crabs)
        let definitions = Self.columns.map { "\(Self.sql($0)) text" }.joined(separator: ", ")
        let scene = try Scene(
            "CREATE SCHEMA \(Self.sql(Self.schema)); CREATE TABLE \(table) (\(definitions), "
                + "PRIMARY KEY (\(Self.sql(Self.columns[1])))); CREATE TABLE \"Größe\" (id int PRIMARY KEY)",
            rules: [:], publishing: nil)
        let publication = "pü\"\u{301}b'\u{301}, x"
        let slot = String((scene.slot + String(repeating: "_0z", count: 21)).prefix(63))
        try scene.sql.execute("CREATE PUBLICATION \(Self.sql(publication)) FOR ALL TABLES")
        try scene.sql.execute("SELECT pg_create_logical_replication_slot('\(slot)', 'pgoutput')")
        defer {
            try? eventually(within: .seconds(20), "the slot's end") {
                try scene.sql.execute("SELECT pg_drop_replication_slot('\(slot)')")
                return true
            }
        }
        let topic = scene.topic("x")
        let key = try Self.yaml(Self.sql(Self.schema) + "." + Self.sql(Self.crabs))
        let configuration = scene.configuration(
            mappingText: """
                  defaults: {topic: "\(topic).{table}", illegalTopicCharacters: replace}
                  tables:
                    public.Größe:
                    \(key):
                      headers: {where: \(try Self.yaml("{column:\(Self.sql(Self.columns[2]))} {schema}"))}
                      filter: \(try Self.yaml("\(Self.sql(Self.columns[0])) like '_ä%'"))
                """
        )
        .replacing(
            "publication: {name: \(scene.publication)}", with: "publication: {name: \(try Self.yaml(publication))}"
        )
        .replacing("slot: {name: \(scene.slot)", with: "slot: {name: \(slot)")
        let daemon = try scene.run(configuration)
        let names = Self.columns.map(Self.sql).joined(separator: ", ")
        try scene.sql.execute("INSERT INTO \"Größe\" VALUES (1)")
        try scene.sql.execute(
            "INSERT INTO \(table) (\(names)) VALUES ('\u{1F980}ä1', 'k\u{301}', '''\u{301}', E'\\u0001', '5'), ('no', 'n', '', '', '')"
        )
        try scene.sql.execute(
            "UPDATE \(table) SET \(Self.sql(Self.columns[1])) = 'k2' WHERE \(Self.sql(Self.columns[0])) <> 'no'")
        let consumer = try RecordConsumer(
            scene.cluster.bootstrapServers,
            topics: ["\(topic).Gr__e", "\(topic).\(String(repeating: "_", count: 15))abc"])
        let records = try consumer.records(count: 4).filter { $0.topic != "\(topic).Gr__e" }
        // Two keys, which may have two partitions.
        #expect(records.compactMap(\.keyText).sorted() == ["k2", "k\u{301}", "k\u{301}"].sorted())
        let first = try #require(records.first { $0.keyText == "k\u{301}" })
        let value = try #require(first.valueText)
        for (column, text) in zip(Self.columns, ["\u{1F980}ä1", "k\u{301}", "'\u{301}", "\\u0001", "5"]) {
            let field = try Self.yaml(column)
            #expect(value.utf8.firstRange(of: (field + ":\"" + text + "\"").utf8) != nil, "\(field) in \(value)")
        }
        #expect(first.header("where")?.hasBytes(of: "'\u{301} \(Self.schema)") == true)
        expectCleanStop(daemon)
        let validation = try scene.command(["validate", "--online", "--explain"], configuration)
        #expect(validation.status == .exited(0), "\(validation.output)")
        #expect(!validation.output.unicodeScalars.contains("\u{1B}"))
    }
}
