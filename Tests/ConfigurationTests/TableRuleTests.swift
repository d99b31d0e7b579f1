import Configuration
import RowMapping
import Testing

/// What the keys of `mapping` come to as values.
@Suite struct TableRuleTests {
    private func mapping(kafka: String = "", _ text: String, environment: [String: String] = [:]) throws -> MappingRules
    {
        let result = Sample.load(Sample.text(kafka: kafka, mapping: text), environment: environment)
        return try #require(result.settings, "\(result.rendered)").mapping
    }

    private func table(_ keys: String, defaults: String = "{}", above: String = "") throws -> TableRule {
        let mapping = try mapping("defaults: \(defaults)\ntables: {public.a: \(keys)}\n\(above)")
        return try #require(mapping.tables[TableName(schema: "public", name: "a")])
    }

    // MARK: Topics

    @Test func aTablesTopicIsItsOwnElseTheShortFormsElseTheDefault() throws {
        let rules = try mapping(
            kafka: "tableTopicMapping: {b: tb, d: td}",
            """
            defaults: {topic: "cdc.{table}"}
            tables: {a: {topic: ta}, b: , c: , "x_*": , "y_*": {topic: "{column:kind}"}}
            """)
        let topics = rules.tables.map { "\($0.key.name) \($0.value.topic)" }.sorted()
        #expect(topics == ["a ta", "b tb", "c cdc.{table}", "d td"])
        #expect(
            rules.patterns.map { "\($0.pattern) \($0.rule.topic)" } == [
                "public.x_* cdc.{table}", "public.y_* {column:kind}",
            ])
    }

    @Test func theShortFormTakesNothingButTheTopicFromAPattern() throws {
        let text = Sample.text(
            kafka: "tableTopicMapping: {x_1: short}",
            mapping: """
                tables:
                  "x_*": {topic: long, filter: a = 1, columns: {mask: {email: sha256}}}
                  "*": {topic: other}
                """)
        let settings = try #require(Sample.load(text).settings)
        let rule = try #require(settings.mapping.rule(for: TableName(schema: "public", name: "x_1")))
        #expect(rule.topic == "short")
        #expect(rule.columns.mask == ["email": .sha256])
        #expect(rule.filter?.text == "a = 1")
        #expect(settings.mapping.declaration(for: TableName(schema: "public", name: "x_1")) == "public.x_*")
    }

    @Test func aTopicIsReadAsATemplate() throws {
        let parts = try table(#"{topic: "o.{column:region|lower}.{operation}"}"#).topic.parts
        #expect(parts == [.text("o."), .column("region", .lower), .text("."), .field(.operation)])
    }

    @Test func replacedCharactersMayComeFromNames() throws {
        let rules = try mapping(
            "defaults: {topic: 'x.{table}', illegalTopicCharacters: replace}\ntables: {'order lines': }")
        #expect(rules.tables.values.map(\.illegalTopicCharacters) == [.replace])
    }

    // MARK: Records

    @Test func whatNobodySaysHasTheDefaultsOfTheRule() throws {
        #expect(try table("{topic: a}") == TableRule(topic: "a"))
    }

    @Test func theDefaultsReachATableThatIsSilent() throws {
        let rule = try table(
            "{topic: a}",
            defaults: """
                {keyFormat: json, partition: {columns: [x, y]}, envelope: before-after, headers: {h: 'v {xid}'},
                 timestamp: commit, onError: skip, onOversize: deadLetter, unchangedToast: reselect}
                """, above: "deadLetter: {topic: dead}")
        var expected = TableRule(topic: "a", unchangedTOAST: .reselect)
        expected.keyFormat = .json
        expected.partition = .columns(["x", "y"])
        expected.envelope = .beforeAfter
        expected.headers = [HeaderRule(name: "h", value: try Template.parse("v {xid}"))]
        expected.timestamp = .commit
        expected.onError = .skip
        expected.onOversize = .deadLetter
        #expect(rule == expected)
    }

    @Test func aTablesHeadersAndPartitionReplaceThoseOfTheDefaults() throws {
        let defaults = "{headers: {a: x, b: y}, partition: {columns: [x]}}"
        let other = try table("{topic: a, headers: {c: z}, partition: {number: n}}", defaults: defaults)
        #expect(other.headers == [HeaderRule(name: "c", value: "z")])
        #expect(other.partition == .number("n"))
        let none = try table("{topic: a, headers: none, partition: key}", defaults: defaults)
        #expect(none.headers == [])
        #expect(none.partition == .key)
    }

    @Test func theReadySetOfHeadersIsChosenByName() throws {
        #expect(try table("{topic: a, headers: standard}").headers == HeaderRule.standard)
    }

    // MARK: Masks

    @Test func aMaskIsReadWithItsKey() throws {
        let rules = try mapping(
            """
            hmacKey: ${KEY}
            tables: {a: {topic: a, columns: {mask: {b: hmac-sha256, c: last4, d: "truncate:2"}}}}
            """, environment: ["KEY": "k"])
        let expected: [String: Mask] = ["b": .hmacSHA256(MaskKey("k")), "c": .last(4), "d": .truncate(2)]
        #expect(rules.tables.values.map(\.columns.mask) == [expected])
    }

    @Test func theKeyOfMasksMayBeAFile() throws {
        try Folders.withTemporary(files: ["key": "k\n"]) { folder in
            let rules = try mapping(
                "hmacKeyFile: \(folder)/key\ntables: {a: {topic: a, columns: {mask: {b: hmac-sha256}}}}")
            #expect(rules.tables.values.map(\.columns.mask) == [["b": .hmacSHA256(MaskKey("k"))]])
        }
    }

    // MARK: Outbox

    @Test(arguments: ["outbox: {}", "outbox: "]) func anOutboxNeedsNothingButItsName(_ outbox: String) throws {
        let rule = try table("{\(outbox)}", defaults: "{topic: 'cdc.{table}', headers: {source: shop}, onDelete: both}")
        #expect(rule.envelope == .outbox(payload: "payload"))
        #expect(rule.key == ["aggregateid"])
        #expect(rule.topic.parts == [.text("outbox.event."), .column("aggregatetype", nil)])
        #expect(rule.headers.map(\.name) == ["source", "id"])
        #expect(rule.headers.last?.value.parts == [.column("id", nil)])
    }

    @Test func anOutboxNamesItsColumns() throws {
        let rule = try table(
            #"{topic: events, outbox: {key: "odd }key", payload: body, headers: ["odd }name"]}}"#)
        #expect(rule.envelope == .outbox(payload: "body"))
        #expect(rule.key == ["odd }key"])
        #expect(rule.topic == "events")
        #expect(rule.headers.map(\.name) == ["odd }name"])
        #expect(rule.headers.map(\.value.columns) == [["odd }name"]])
    }

    @Test func theDefaultsOfRowsDoNotReachAnOutbox() throws {
        let rule = try table(
            "{outbox: {headers: []}}",
            defaults: "{key: [id], keyFormat: json, envelope: before-after, operationField: op, skipUnchanged: true}")
        var expected = TableRule(topic: rule.topic, key: ["aggregateid"])
        expected.envelope = .outbox(payload: "payload")
        #expect(rule == expected)
    }

    // MARK: What is no row

    @Test func messagesHaveTheRulesOfTheDefaultsAndNothingOfTables() throws {
        let rules = try mapping(
            """
            defaults:
              headers: {a: "{operation} {lsn}", b: "{schema}", c: "{table}", d: "{column:x}", e: e}
              timestamp: commit
              onError: skip
            tables: {a: {topic: a}}
            messages: {audit.x: {topic: x}, "audit*": {topic: all, content: raw}}
            """)
        #expect(rules.messages.map(\.prefix) == ["audit.x", "audit*"])
        #expect(rules.messages.map(\.topic) == ["x", "all"])
        #expect(rules.messages.map(\.content) == [.text, .raw])
        for rule in rules.messages {
            #expect(rule.headers.map(\.name) == ["a", "e"])
            #expect(rule.timestamp == .commit)
            #expect(rule.onError == .skip)
            #expect(rule.onOversize == .stop)
        }
        #expect(rules.rule(forMessagesOf: "audit.x")?.topic == "x")
        #expect(rules.rule(forMessagesOf: "audit.y")?.topic == "all")
    }

    @Test func theStandardHeadersOfAMessageNameNoTable() throws {
        let rules = try mapping(
            "defaults: {headers: standard}\ntables: {a: {topic: a}}\nmessages: {x: {topic: x}}")
        let names = try #require(rules.messages.first).headers.map(\.name)
        #expect(names == HeaderRule.standard.map(\.name).filter { !["pqcdc.schema", "pqcdc.table"].contains($0) })
    }

    @Test func topicsOfWhatIsNoRowAreNamed() throws {
        let rules = try mapping("tables: {a: {topic: a}}\ndeadLetter: {topic: dead}\nschemaChanges: {topic: shapes}")
        #expect(rules.deadLetterTopic == "dead")
        #expect(rules.schemaChangesTopic == "shapes")
    }

    // MARK: Faults

    @Test func aFaultOfTheDefaultsIsReportedOnceForAnyNumberOfTables() {
        let tables = (0..<500).map { "t\($0): {topic: t}" }.joined(separator: ", ")
        let result = Sample.load(
            Sample.text(
                mapping:
                    "defaults: {key: [], headers: {a: '{'}, topic: '{x}', onError: deadLetter}\ntables: {\(tables)}"))
        #expect(result.errors.count == 4)
    }

    /// A table's own key has no default: what was refused must not be asked for.
    @Test func aRefusedSwitchOfATableIsAnError() {
        let result = Sample.load(Sample.text(mapping: "tables: {a: {topic: a, skipUnchanged: yes}}"))
        #expect(result.errors == ["mapping.tables.a.skipUnchanged must be true or false, found \"yes\""])
    }
}
