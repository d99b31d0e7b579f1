import TestSupport
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

    /// What the server makes of a quoted text is the text, with any setting and any characters.
    @Test(
        "A text that is quoted stays one",
        arguments: [
            "", "it's", #"a\b"#, #"\' OR true --"#, "\u{27}\u{301}; DROP TABLE t", "\u{22}\u{301}x", "\u{5C}\u{301}'",
            "Größe", "\u{1F600}\u{200D}\u{1F9D1}", "e\u{301}'", "\u{FEFF}'\u{FEFF}", "'''", #"\\\"#,
        ])
    func aQuotedTextStaysOne(text: String) throws {
        let session = try TestDatabase("SELECT").sql
        let bytes = text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let literal = SQLQuoting.standard.literal(text)
        for setting in ["on", "off"] {
            try session.execute("SET standard_conforming_strings = \(setting)")
            #expect(try session.value("SELECT encode(convert_to(\(literal), 'UTF8'), 'hex')") == bytes, "\(literal)")
            if text.isEmpty { continue }
            let identifier = SQLQuoting.standard.identifier(text)
            try session.execute("CREATE TEMPORARY TABLE \(identifier) (\(identifier) int); DROP TABLE \(identifier)")
        }
    }

    @Test func aQuoteWithACombiningMarkIsDoubledInTheReplicationGrammarToo() {
        let quoted = ReplicationStream.quote("a\"\u{301}b", "\"")
        #expect(Array(quoted.utf8) == Array("\"a\"\"\u{301}b\"".utf8))
    }

    @Test func aTextEndsAtANULAsStatementsDo() {
        #expect(SQLQuoting.standard.literal("a\0'; DROP") == "'a'")
        #expect(SQLQuoting.standard.identifier("a\0") == "\"a\"")
    }
}
