import Configuration
import Pipeline
import Postgres
import RowMapping
import Testing

@testable import pqcdc_kafka

/// Rules that need the old row, or read it again.
@Suite struct OldRowFindingsTests {
    /// The findings for a table with a large column, `name`, of a rule and a table that were changed.
    private func findings(
        _ change: (inout TableRule) -> Void, table: (inout TableState) -> Void = { _ in }
    ) -> [Finding] {
        var state = Fixture.database
        let users = RelationName(Fixture.users)
        state.tables[users]!.columns[1].isToastable = true
        table(&state.tables[users]!)
        var rule = TableRule(topic: "users.0", key: ["id"])
        change(&rule)
        return OnlineFindings.evaluate(Fixture.settings(mapping: [Fixture.users: rule]), state, .standard)
    }

    private func full(_ table: inout TableState) {
        table.replicaIdentity = .full
        table.replicaIdentityColumns = ["id", "name"]
    }

    private func unreadable(_ table: inout TableState) {
        table.isReadable = false
        table.columns[0].isReadable = false
        table.columns[1].isReadable = false
    }

    @Test func skipUnchangedWithoutFullHasNoEffect() {
        let all = findings { $0.skipUnchanged = true }
        #expect(all.map(\.severity) == [.warning, .note])
        #expect(all.first?.remedy == "ALTER TABLE \"public\".\"users\" REPLICA IDENTITY FULL;")
        #expect(findings({ $0.skipUnchanged = true }, table: full).isEmpty)
    }

    @Test func beforeAfterWithoutFullIsANote() {
        let all = findings { $0.envelope = .beforeAfter }
        #expect(all.map(\.severity) == [.note, .note] && all[0].message.hasSuffix("replica identity, \"id\""))
        #expect(findings({ $0.envelope = .beforeAfter }, table: full).isEmpty)
    }

    @Test(arguments: [
        (UnchangedTOASTAction.omit, "a record without that column"),
        (.placeholder, "a record with the placeholder in its place"),
    ])
    func largeValuesThatMayBeMissingAreANote(_ action: UnchangedTOASTAction, _ words: String) {
        let all = findings { $0.unchangedTOAST = action }
        #expect(all.map(\.severity) == [.note] && all[0].message.hasSuffix(words))
    }

    @Test func aLargeColumnThatIsLeftOutIsNoMatter() {
        #expect(findings { $0.columns.exclude = ["name"] }.isEmpty)
    }

    @Test func ofAnOutboxOnlyInsertsCount() {
        #expect(
            findings {
                $0.envelope = .outbox(payload: "name")
                $0.key = ["name"]
            }.isEmpty)
    }

    @Test func reselectingIsSilentWhereTheRoleMayRead() {
        #expect(findings { $0.unchangedTOAST = .reselect }.isEmpty)
    }

    @Test func reselectingWhatTheRoleMayNotReadIsAnErrorWithItsGrant() throws {
        let all = findings({ $0.unchangedTOAST = .reselect }, table: unreadable)
        #expect(all.map(\.severity) == [.error])
        let finding = try #require(all.first)
        #expect(finding.status == .permission && finding.message.contains("cannot read \"id\", \"name\" of table"))
        #expect(
            finding.remedy
                == "GRANT USAGE ON SCHEMA \"public\" TO \"cdc_user\"; GRANT SELECT ON \"public\".\"users\" TO \"cdc_user\";"
        )
    }

    @Test func aGrantOnTheColumnsIsEnough() {
        #expect(findings({ $0.unchangedTOAST = .reselect }, table: { $0.isReadable = false }).isEmpty)
    }

    @Test func withFullNothingIsReadAgain() {
        let all = findings(
            { $0.unchangedTOAST = .reselect },
            table: {
                full(&$0)
                unreadable(&$0)
            })
        #expect(all.map(\.severity) == [.note])
    }

    @Test func rowsThatAPolicyHidesAreAnErrorOnlyWhereTheyAreReadAgain() throws {
        let all = findings({ $0.unchangedTOAST = .reselect }, table: { $0.hidesRows = true })
        #expect(all.map(\.severity) == [.error] && all[0].remedy == "ALTER ROLE \"cdc_user\" BYPASSRLS;")
        #expect(
            findings({ $0.unchangedTOAST = .placeholder }, table: { $0.hidesRows = true }).map(\.severity) == [.note])
    }
}
