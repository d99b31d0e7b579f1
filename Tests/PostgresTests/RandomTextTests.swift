import Pipeline
import RowMapping
import TestSupport
import Testing

@testable import Postgres

/// Quoting of names and texts of any script. Each run is the same.
@Suite struct RandomTextTests {
    /// Between two marks, each mark in it doubled, scalar by scalar.
    private static func quoted(_ text: String, _ mark: Unicode.Scalar) -> String {
        "\(mark)" + text.unicodeScalars.map { $0 == mark ? "\(mark)\(mark)" : "\($0)" }.joined() + "\(mark)"
    }

    @Test(arguments: RandomText.hard) func everyMarkIsDoubledWhateverFollowsIt(text: String) {
        for mark in ["\"", "'"] as [Unicode.Scalar] {
            #expect(ReplicationStream.quote(text, mark).hasBytes(of: Self.quoted(text, mark)))
        }
        #expect(SQLQuoting.standard.identifier(text).hasBytes(of: Self.quoted(text, "\"")))
        expectLiteral(text)
    }

    /// A literal with a backslash is another kind of literal, in which those are doubled too.
    private func expectLiteral(_ text: String) {
        let literal = SQLQuoting.standard.literal(text)
        guard text.utf8.contains(UInt8(ascii: "\\")) else {
            #expect(literal.hasBytes(of: Self.quoted(text, "'")))
            return
        }
        let doubled = text.unicodeScalars.map { $0 == "\\" ? "\\\\" : "\($0)" }.joined()
        #expect(literal.hasBytes(of: " E" + Self.quoted(doubled, "'")))
    }

    @Test func everyMarkOfAnyTextIsDoubled() {
        var random = RandomText(seed: 821)
        for _ in 0..<5000 {
            let text = random.text()
            #expect(ReplicationStream.quote(text, "\"").hasBytes(of: Self.quoted(text, "\"")))
            expectLiteral(text)
        }
    }

    @Test func aTableInARequestIsReadBackWhateverItsName() {
        var random = RandomText(seed: 822)
        let names = (0..<3000).map { _ in TableName(schema: random.name(), name: random.name()) }
        for name in names {
            #expect(TableName(sql: name.sql) == name, "\(name)")
            _ = TableName(sql: random.text())
        }
    }

    @Test func oneLetterSpelledInTwoWaysMakesTwoRelations() {
        #expect(RelationName(schema: "a", name: "\u{E9}") != RelationName(schema: "a", name: "e\u{301}"))
    }
}
