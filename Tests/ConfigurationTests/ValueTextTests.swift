import RowMapping
import Testing

@testable import Configuration

@Suite struct ValueTextTests {
    /// What the file has from its first column on, the text that YAML makes of it, and the column of its first character.
    @Test(
        arguments: [
            ("a = 1", "a = 1", 1), ("\"a = 1\"", "a = 1", 2), ("'a = 1' # x", "a = 1", 2),
            ("'\"a\" = 1'", "\"a\" = 1", 2),
            ("größe = '😀'", "größe = '😀'", 1), ("'it''s'", "it's", nil), ("\"a\\tb\"", "a\tb", nil),
            ("|\n  a", "a\n", nil), (">-\n  a\n  b", "a b", nil), ("a\n  b", "a b", nil), ("${A}", "a", nil),
            ("\"a\n  b\"", "a b", nil), ("a", "abc", nil), ("", "a", nil),
        ] as [(String, String, Int?)])
    func aTextIsFoundWhereTheFileSpellsIt(_ source: String, _ text: String, _ column: Int?) {
        let value = ValueText(text, at: .start, in: SourceText(Array(source.utf8)))
        #expect(value.first == column.map { SourcePosition(line: 1, column: $0) })
        #expect(value.position(offset: 2) == SourcePosition(line: 1, column: column.map { $0 + 2 } ?? 1))
        #expect(value.place(offset: 2, in: "it") == (column == nil ? ", at character 3 of it" : ""))
    }

    @Test func aFilterIsFoundAgainWhenItsTableIsKnown() throws {
        let text = Sample.text(
            mapping: """
                tables:
                  a: {topic: a, filter: "größe = 1"}
                  "b*":
                    topic: b
                    filter: >-
                      x = 1
                      and y = 2
                  c: {topic: c}
                """)
        let settings = try #require(Sample.load(text).settings)
        let sources = settings.filterSources
        #expect(sources.keys.sorted() == ["public.a", "public.b*"])

        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = try #require(lines.firstIndex { $0.contains("größe") }) + 1
        let plain = try #require(sources[TableName(schema: "public", name: "a").description])
        #expect(plain.file == "sample.yaml")
        // `  a: {topic: a, filter: "` stands two further in.
        #expect(plain.position(offset: 0) == SourcePosition(line: line, column: 28))
        #expect(plain.position(offset: 8) == SourcePosition(line: line, column: 36))
        #expect(plain.place(offset: 8) == "")

        let folded = try #require(sources[settings.mapping.patterns[0].pattern.description])
        #expect(folded.position(offset: 10) == SourcePosition(line: line + 3, column: 15))
        #expect(folded.place(offset: 10) == ", at character 11 of the condition")
    }
}
