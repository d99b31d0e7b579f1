import Configuration
import Postgres
import ReplicationProtocol
import RowMapping
import Testing

@testable import pqcdc_kafka

/// Rules that do not fit the table are found before the daemon meets it.
@Suite struct ShapeFindingsTests {
    private func findings(
        _ state: DatabaseState = Fixture.database, _ change: (inout TableRule) throws -> Void
    ) rethrows -> [Finding] {
        var rule = TableRule(topic: "users.0", key: ["id"])
        try change(&rule)
        return ShapeFindings.evaluate(Fixture.settings(mapping: [Fixture.users: rule]), state)
    }

    private func table(_ change: (inout TableState) -> Void) -> DatabaseState {
        var state = Fixture.database
        change(&state.tables[RelationName(Fixture.users)]!)
        return state
    }

    @Test func aRuleThatFitsIsSilent() throws {
        #expect(try findings { $0.filter = try .parse("name = 'a' and operation <> 'delete' or id > 3") }.count == 1)
        #expect(try findings { $0.filter = try .parse("id > 3") }.isEmpty)
    }

    @Test(arguments: [
        ("nope = 1", "table public.users has no column \"nope\", at character 1"),
        ("id > 3 and name > 4", "at character 19"),
        ("old.name = 'a'", "at character 5"),
    ])
    func aFilterThatDoesNotFitIsAnErrorWithItsPlace(_ filter: String, _ words: String) throws {
        let all = try findings { $0.filter = try .parse(filter) }
        #expect(all.map(\.severity) == [.error])
        #expect(all.first?.message.contains(words) == true, "\(all)")
    }

    @Test func aFilterKnowsTheCatalogsTypes() throws {
        let domain = OID(rawValue: 20_000)
        var state = table { $0.columns[1].typeOID = domain }
        let unknown = try findings(state) { $0.filter = try .parse("new.name > 5") }
        #expect(unknown.map(\.severity) == [.error])
        state.types = [domain: TypeDescription(base: OID(rawValue: 23))]
        #expect(try findings(state) { $0.filter = try .parse("new.name > 5") }.isEmpty)
    }

    @Test func aFilterThatDropsDeletesForWantOfTheOldRowIsAWarning() throws {
        let filtered = { (rule: inout TableRule) throws in rule.filter = try .parse("name = 'a'") }
        let all = try findings(Fixture.database, filtered)
        #expect(all.map(\.severity) == [.warning] && all[0].message.contains("\"name\""))
        let full = table {
            $0.replicaIdentity = .full
            $0.replicaIdentityColumns = ["id", "name"]
        }
        #expect(try findings(full, filtered).isEmpty)
        var insertsOnly = Fixture.database
        insertsOnly.publication?.operations = [.insert]
        #expect(try findings(insertsOnly, filtered).isEmpty)
        #expect(
            try findings {
                try filtered(&$0)
                $0.onDelete = .skip
            }.isEmpty)
    }

    @Test func everyErrorOfARuleIsFoundAtOnce() throws {
        let all = try findings {
            $0.filter = try .parse("nope = 1")
            $0.columns.exclude = ["gone"]
            $0.operationField = "name"
            $0.topic = try .parse("t.{column:Region}")
            $0.partition = .number("shard")
            $0.headers = [
                HeaderRule(name: "a", value: try .parse("{column:x}")), HeaderRule(name: "b", value: "fixed"),
                HeaderRule(name: "c", value: try .parse("{column:y}")),
            ]
            $0.envelope = .outbox(payload: "body")
        }
        let words = [
            "\"nope\"", "rule columns names", "rule topic names", "rule partition.number names",
            "rule outbox.payload names", "\"name\" twice", "\"x\", which its rule headers",
            "\"y\", which its rule headers",
        ]
        #expect(all.allSatisfy { $0.severity == .error && $0.remedy?.isEmpty != true }, "\(all)")
        for words in words { #expect(all.contains { $0.message.contains(words) }, "\(words): \(all)") }
        #expect(all.count == words.count, "\(all)")
    }

    @Test func anOutboxHasItsOwnKeysCorrected() throws {
        let all = try findings {
            $0.envelope = .outbox(payload: "body")
            $0.topic = try .parse("outbox.event.{column:type}")
            $0.headers = [
                HeaderRule(name: "id", value: try .parse("{column:uuid}")),
                HeaderRule(name: "kind", value: try .parse("{column:kind}")),
            ]
        }
        #expect(
            all.map(\.remedy)
                == ["outbox.aggregateType", "headers", "outbox.headers", "outbox.payload"].map {
                    "correct \($0) in mapping.tables.public.users"
                })
    }

    @Test func theKeyOfAnOutboxIsCorrectedThere() {
        var rule = TableRule(topic: "users.0", key: ["nope"])
        rule.envelope = .outbox(payload: "name")
        let settings = Fixture.settings(mapping: [Fixture.users: rule])
        let remedies = OnlineFindings.evaluate(settings, Fixture.database, .standard).map(\.remedy)
        #expect(remedies == ["mapping.tables.public.users.outbox.key: choose from id, name"])
    }

    @Test func aTableWhoseNameMakesNoTopicIsAnError() throws {
        let all = try findings { $0.topic = try .parse("t {table}") }
        #expect(all.map(\.severity) == [.error] && all[0].message.contains("may hold only letters"), "\(all)")
    }

    @Test func aColumnThatThePublicationHidesIsNamedAsThat() {
        var state = Fixture.database
        state.publication?.published = [PublishedTable(RelationName(Fixture.users), columns: ["id"])]
        let all = findings(state) { $0.columns.exclude = ["name"] }
        #expect(all.map(\.severity) == [.error])
        #expect(all.first?.remedy?.contains("the table has \"name\", but the publication does not send it") == true)
    }

    @Test func whatTheRuleOnlyWarnsOfIsAWarning() {
        let all = findings {
            $0.columns.exclude = ["gone"]
            $0.columns.missing = .warn
        }
        #expect(all.map(\.severity) == [.warning])
    }

    @Test func aKeyThatDoesNotExistIsSaidOnce() {
        let settings = Fixture.settings(mapping: [Fixture.users: TableRule(topic: "users.0", key: ["nope"])])
        #expect(OnlineFindings.evaluate(settings, Fixture.database, .standard).count == 1)
    }
}
