import Testing

@testable import Postgres

@Suite struct QuotingTests {
    @Test(
        "In the replication grammar quotes are doubled and nothing else is special",
        arguments: [
            ("slot", #""slot""#), ("", #""""#), (#"a"b"#, #""a""b""#), (#"""#, #""""""#), (#"a\b"#, #""a\b""#),
            ("Ünï cödé", #""Ünï cödé""#), ("a'b", #""a'b""#),
        ])
    func identifiers(name: String, quoted: String) {
        #expect(ReplicationStream.quote(name, "\"") == quoted)
    }

    @Test(
        "So are they in its literals",
        arguments: [("p", "'p'"), ("a'b", "'a''b'"), (#"a\b"#, #"'a\b'"#), ("''", "''''''")])
    func literals(text: String, quoted: String) {
        #expect(ReplicationStream.quote(text, "'") == quoted)
    }

    @Test func shownSQLIsQuotedLikeRunSQL() {
        let quoting = SQLQuoting.standard
        #expect(quoting.relation(RelationName(schema: "My", name: #"t"x"#)) == #""My"."t""x""#)
        #expect(quoting.columns(["a", "B"]) == #"("a", "B")"#)
        #expect(quoting.literal("it's") == "'it''s'")
    }
}
