import Configuration
import Postgres
import RowMapping
import Testing

@testable import pqcdc_kafka

/// `validate --online` of tables that only a pattern names.
@Suite struct PatternFindingsTests {
    private static let orders = RelationName(schema: "eu", name: "orders")

    /// A database that sends `eu.orders` too, with `change` applied to that table.
    private func database(_ change: (inout TableState) -> Void = { _ in }) -> DatabaseState {
        var state = Fixture.database
        var table = TableState(
            relation: Self.orders, columns: [ColumnState("id"), ColumnState("region")], primaryKey: ["id"],
            replicaIdentityColumns: ["id"])
        change(&table)
        state.tables[Self.orders] = table
        state.publication?.published.append(PublishedTable(Self.orders, columns: ["id", "region"]))
        return state
    }

    private func findings(_ patterns: [PatternRule], _ state: DatabaseState) -> [Finding] {
        OnlineFindings.evaluate(Fixture.settings(patterns: patterns), state, .standard)
    }

    @Test func aTableThatAPatternNamesIsMapped() {
        #expect(findings([Fixture.pattern("orders")], database()).isEmpty)
        #expect(findings([], database()).map(\.severity) == [.warning])
    }

    @Test func itIsJudgedByThePatternsRuleWhichTheRemedyNames() throws {
        let all = findings([Fixture.pattern("orders", TableRule(topic: "t", key: ["nope"]))], database())
        #expect(all.map(\.severity) == [.error])
        #expect(all.first?.remedy?.hasPrefix("mapping.tables.*.orders.key: choose from id, region") == true)
    }

    @Test func theMostSpecificRuleDecides() throws {
        let good = PatternRule(pattern: TablePattern(schema: "eu", name: "orders"), rule: TableRule(topic: "t"))
        let bad = Fixture.pattern("o*", TableRule(topic: "t", key: ["nope"]))
        let all = findings([bad, good], database())
        #expect(all.map(\.severity) == [.warning] && all[0].message.contains("is never in force"))
    }

    @Test func aPatternIsInForceForATableOfTheShortForm() {
        let rule = TableRule(topic: "t", key: ["nope"])
        var settings = Fixture.settings(
            mapping: [Fixture.users: rule], patterns: [Fixture.pattern("u*", rule)])
        settings.mapping.shortForms = [Fixture.users]
        let all = OnlineFindings.evaluate(settings, Fixture.database, .standard)
        #expect(all.map(\.remedy) == ["mapping.tables.*.u*.key: choose from id, name"])
    }

    @Test func aPatternThatNamesNoTableIsAWarning() throws {
        let all = findings([Fixture.pattern("orders"), Fixture.pattern("invoices")], database())
        #expect(all.map(\.message) == ["\"*.invoices\" names no table of publication \"pub\""])
        #expect(all.map(\.severity) == [.warning])
    }

    @Test func aPatternIsNotBlamedForAPublicationThatIsMissing() {
        var state = database()
        state.publication = nil
        let all = findings([Fixture.pattern("orders")], state)
        #expect(all.map(\.message) == ["publication \"pub\" does not exist"])
    }

    @Test func onlyTruncatesThatArePublishedMakeRecords() {
        let rule = TableRule(topic: "t", onTruncate: .record)
        let all = findings([Fixture.pattern("orders", rule)], database())
        #expect(all.map(\.severity) == [.warning] && all[0].message.contains("\"eu.orders\""))
    }

    @Test func aPublicationThatRunCannotMakeOfPatternsIsAnError() throws {
        var settings = Fixture.settings(mapping: [:], patterns: [Fixture.pattern("orders")])
        settings.cdc.publication.createIfNotExists = true
        var state = Fixture.database
        state.publication = nil
        let finding = try #require(PublicationFindings.evaluate(settings, state, .standard).first)
        #expect(finding.severity == .error && finding.remedy?.contains("cdc.publication.tables") == true)
    }
}
