import Configuration
import Postgres
import RowMapping
import Testing

@testable import pqcdc_kafka

@Suite struct RuleExplanationTests {
    private static func settings() throws -> Settings {
        var users = TableRule(topic: try .parse("cdc.{schema}.{table}"), key: ["id", "name"])
        users.keyFormat = .json
        users.partition = .columns(["id"])
        users.columns.include = ["id", "name", "e-mail"]
        users.columns.exclude = ["name"]
        users.columns.rename = ["id": "userId", "e-mail": "email"]
        users.columns.mask = ["e-mail": .hmacSHA256(MaskKey("the secret key")), "name": .last(4)]
        users.headers = HeaderRule.standard + [HeaderRule(name: "source", value: try .parse("shop {xid}"))]
        users.filter = try .parse("id > 3\n  and name <> 'a  b'")
        users.envelope = .beforeAfter
        users.onError = .deadLetter
        users.onOversize = .skip
        var outbox = TableRule(topic: try .parse("events.{column:aggregate}"))
        outbox.envelope = .outbox(payload: "payload")
        outbox.partition = .number("shard")
        outbox.unchangedTOAST = .reselect
        return Fixture.settings(
            mapping: [Fixture.users: users],
            patterns: [
                Fixture.pattern("*"),
                PatternRule(pattern: TablePattern(schema: "tenant_*", name: "outbox"), rule: outbox),
            ])
    }

    private func text(_ explanations: [Explanation]) -> String {
        explanations.map(\.description).joined(separator: "\n\n")
    }

    @Test func theFilesRulesAreExplainedInTheOrderInWhichTheyDecide() throws {
        #expect(
            text(RuleExplanation.ofFile(try Self.settings())) == """
                public.users
                  topic           cdc.{schema}.{table}
                  key             id, name, as JSON
                  partition       by id
                  envelope        before-after
                  left out        all but id, e-mail
                  renamed         e-mail as email, id as userId
                  masked          e-mail: hmac-sha256, name: last4
                  headers         standard, source = shop {xid}
                  filter          id > 3 and name <> 'a  b'
                  onDelete        old
                  onTruncate      skip
                  unchangedToast  omit
                  onError         deadLetter
                  onOversize      skip

                tenant_*.outbox
                  topic           events.{column:aggregate}
                  key             the primary key
                  partition       the number in shard
                  envelope        outbox, of INSERTs the bytes in payload
                  left out        none
                  renamed         none
                  masked          none
                  headers         none
                  filter          none
                  onDelete        old
                  onTruncate      skip
                  unchangedToast  reselect
                  onError         stop
                  onOversize      stop

                *.*
                  topic           all
                  key             the primary key
                  partition       by the key
                  envelope        row
                  left out        none
                  renamed         none
                  masked          none
                  headers         none
                  filter          none
                  onDelete        old
                  onTruncate      skip
                  unchangedToast  omit
                  onError         stop
                  onOversize      stop
                """)
    }

    @Test func thePublicationsTablesAreExplainedByWhatTheCatalogKnows() throws {
        var settings = try Self.settings()
        settings.mapping.patterns.removeAll { $0.pattern.description == "*.*" }
        settings.mapping.tables[Fixture.users]?.columns.mask["name"] = nil
        var state = Fixture.database
        state.tables[RelationName(Fixture.users)]?.columns += [ColumnState("e-mail"), ColumnState("secret")]
        let outbox = RelationName(schema: "tenant_a", name: "outbox")
        state.tables[outbox] = TableState(
            relation: outbox, columns: [ColumnState("id")], primaryKey: ["id"], replicaIdentityColumns: ["id"])
        state.publication?.published = [
            PublishedTable(outbox), PublishedTable(RelationName(schema: "public", name: "extra")),
            PublishedTable(RelationName(Fixture.users), columns: ["id", "name", "e-mail"]),
        ]
        let explanations = RuleExplanation.ofPublication(settings, state)
        #expect(explanations.map(\.title) == ["public.extra", "public.users", "tenant_a.outbox"])
        #expect(explanations[0].description == "public.extra\n  rule  none: its changes are skipped")
        let users = explanations[1].description
        for line in [
            "rule            mapping.tables.public.users", "topic           cdc.public.users",
            "left out        name, secret (not published)", "renamed         id as userId, e-mail as email",
        ] { #expect(users.contains("\n  \(line)\n"), "\(users)") }
        let row = explanations[2].description
        for line in [
            "rule            mapping.tables.tenant_*.outbox", "topic           events.{column:aggregate}",
            "key             id (the primary key)",
        ] { #expect(row.contains("\n  \(line)\n"), "\(row)") }
    }

    @Test func aTableWithoutAPrimaryKeyOrWithAHiddenOneHasNoKey() throws {
        let settings = Fixture.settings(mapping: [Fixture.users: TableRule(topic: "t")])
        for (primaryKey, published) in [([], ["id", "name"]), (["id"], ["name"])] {
            var state = Fixture.database
            state.tables[RelationName(Fixture.users)]?.primaryKey = primaryKey
            state.publication?.published = [PublishedTable(RelationName(Fixture.users), columns: published)]
            let lines = try #require(RuleExplanation.ofPublication(settings, state).first).lines
            #expect(lines.contains(Explanation.Line(label: "key", text: "none")))
        }
    }

    @Test func withoutAPublicationTheFilesRulesAreExplained() throws {
        var state = Fixture.database
        state.publication = nil
        let settings = try Self.settings()
        #expect(RuleExplanation.ofPublication(settings, state) == RuleExplanation.ofFile(settings))
    }

    @Test func noKeyOfAMaskIsEverPrinted() throws {
        let settings = try Self.settings()
        let all = RuleExplanation.ofFile(settings) + RuleExplanation.ofPublication(settings, Fixture.database)
        #expect(!text(all).contains("the secret key"))
    }

    @Test func theSummaryHasPatternsMessagesAndTheOtherTopics() throws {
        var settings = try Self.settings()
        settings.mapping.messages = [MessageRule(prefix: "audit*", topic: "audit")]
        settings.mapping.deadLetterTopic = "dead"
        settings.mapping.schemaChangesTopic = "shapes"
        #expect(
            ConfigurationSummary.text(settings) == """
                  public.users -> cdc.public.users, keyed by id, name
                  tenant_*.outbox -> events.{column:aggregate}, keyed by the primary key
                  *.* -> all, keyed by the primary key
                  messages of "audit*" -> audit
                  what cannot become a record -> dead, where a rule says deadLetter
                  changes of a table's shape -> shapes
                  any other table of the publication is skipped
                """)
    }
}
