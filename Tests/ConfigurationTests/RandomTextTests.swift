import RowMapping
import TestSupport
import Testing

@testable import Configuration

/// Names and values of any script in a file, and carets below what is meant. Each run is the same.
@Suite struct RandomTextTests {
    private static func quoted(_ name: String) -> String {
        "\"" + name.unicodeScalars.map { $0 == "\"" ? "\"\"" : "\($0)" }.joined() + "\""
    }

    /// As a scalar of YAML, everything outside of letters and digits escaped.
    private static func yaml(_ text: String) -> String {
        "\""
            + text.unicodeScalars.map { scalar in
                if scalar.properties.isAlphabetic, scalar.value < 0x2000 { return "\(scalar)" }
                let digits = String(scalar.value, radix: 16)
                return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            }.joined() + "\""
    }

    @Test(arguments: RandomText.hard.filter { !$0.isEmpty }) func aNameInQuotesIsReadAsItIs(name: String) throws {
        let table = try TableNameText.parse(Self.quoted(name) + "." + Self.quoted(name))
        #expect(table.schema.hasBytes(of: name) && table.name.hasBytes(of: name))
    }

    @Test func anyNameInQuotesIsReadAsItIs() throws {
        var random = RandomText(seed: 801)
        for _ in 0..<3000 {
            let (schema, name) = (random.name(), random.name())
            let table = try TableNameText.parse(Self.quoted(schema) + "." + Self.quoted(name))
            #expect(table.schema.hasBytes(of: schema) && table.name.hasBytes(of: name))
        }
    }

    @Test func anAccentBehindAPointBelongsToTheTablesName() throws {
        let table = try TableNameText.parse("sales.\u{301}x")
        #expect(table.schema == "sales" && table.name.hasBytes(of: "\u{301}x"))
    }

    @Test func anyTextIsAnErrorOrANameOrAPattern() {
        var random = RandomText(seed: 802)
        for _ in 0..<5000 {
            _ = try? TableKey.parse(random.text())
            _ = try? TableKey.parse("~" + random.text())
            _ = try? TableNameText.parse(random.text() + "." + random.text())
            _ = SQLCondition.problem(random.text())
            _ = BrokerAddressText.problem(random.text())
            _ = try? ByteSizeText.parse(random.text())
            _ = try? DurationText.parse(random.text())
            _ = try? EnvironmentReferences(environment: ["ä": "b"]).expand(random.text() + "${" + random.text())
        }
    }

    @Test func tablesAndColumnsOfAnyNamesAreMapped() throws {
        var random = RandomText(seed: 803)
        for _ in 0..<300 {
            let (schema, name, column) = (random.name(), random.name(), random.name())
            let key = Self.yaml(Self.quoted(schema) + "." + Self.quoted(name))
            let result = Sample.load(
                Sample.text(mapping: "tables:\n  \(key): {topic: t, key: [\(Self.yaml(column))]}"))
            let settings = try #require(result.settings, "\(result.rendered)")
            let table = try #require(settings.mapping.tables.first)
            #expect(table.key.schema.hasBytes(of: schema) && table.key.name.hasBytes(of: name))
        }
    }

    @Test func twoSpellingsOfOneLetterAreTwoTables() throws {
        let result = Sample.load(
            Sample.text(mapping: "tables:\n  \"gr\\u00f6\\u00dfe\": {topic: a}\n  \"gro\\u0308\\u00dfe\": {topic: b}"))
        #expect(try #require(result.settings, "\(result.rendered)").mapping.tables.count == 2)
    }

    @Test func damagedTextsEndInDiagnosticsWithTheCaretInsideTheLine() {
        var random = RandomText(seed: 804)
        for _ in 0..<400 {
            let text = Sample.text(
                cdc: "# \(random.text())\nhots\(random.text()): \(random.text())",
                mapping: "tables: {public.users: {topic: \"\(random.text())\", filter: \"\(random.text())\"}}")
            for diagnostic in Sample.load(text).diagnostics {
                for scalar in diagnostic.rendered.unicodeScalars {
                    #expect(scalar == "\n" || scalar.properties.generalCategory != .control)
                }
            }
        }
    }

    @Test(arguments: [
        ("größe", 5), ("日本語", 6), ("e\u{301}a\u{301}", 2), ("\u{1F980}", 2), ("ＡＢ", 4), ("한국", 4), ("עב", 2), ("é", 1),
    ])
    func theCaretStandsBelowWhatIsMeantBehindWideAndNarrowLetters(text: String, columns: Int) throws {
        let source = SourceText(Array("\(text)?x".utf8))
        let position = SourcePosition(line: 1, column: text.unicodeScalars.count + 1)
        let excerpt = SourceExcerpt(source: source, position: position, mask: SecretMask(spans: SecretSpans()))
        #expect(excerpt.rendered == "\(text)?x\n" + String(repeating: " ", count: columns) + "^")
    }

    @Test func aLongLineOfWideLettersIsCutToTheTerminalsWidth() throws {
        let line = String(repeating: "日", count: 400)
        let source = SourceText(Array(line.utf8))
        for column in [1, 60, 200, 399, 400] {
            let rendered = SourceExcerpt(
                source: source, position: SourcePosition(line: 1, column: column),
                mask: SecretMask(spans: SecretSpans())
            ).rendered
            let lines = rendered.split(separator: "\n")
            #expect(lines[0].unicodeScalars.count <= 60)
            #expect(lines[1].count <= 120)
        }
    }
}
