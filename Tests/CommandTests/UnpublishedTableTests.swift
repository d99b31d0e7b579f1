import Configuration
import Postgres
import RowMapping
import Testing

@testable import pqcdc_kafka

/// What the publication does not send of what is mapped.
@Suite struct UnpublishedTableTests {
    private static let users = RelationName(Fixture.users)
    private static let root = RelationName(schema: "public", name: "root")
    private static let leaf = RelationName(schema: "public", name: "leaf")

    struct Example: CustomTestStringConvertible {
        var testDescription: String
        var publication: PublicationState
        var facts: RelationFacts?
        var reason: UnpublishedTable.Reason
    }

    private static func publication(_ change: (inout PublicationState) -> Void) -> PublicationState {
        var publication = Fixture.publication
        change(&publication)
        return publication
    }

    private static let without = publication { ($0.members, $0.published) = ([], []) }

    private static let examples = [
        Example(testDescription: "not a member", publication: without, facts: RelationFacts(), reason: .absent),
        Example(testDescription: "dropped", publication: without, facts: nil, reason: .missing),
        Example(
            testDescription: "unlogged", publication: publication { ($0.allTables, $0.published) = (true, []) },
            facts: RelationFacts(isPermanent: false), reason: .notLogged),
        Example(
            testDescription: "a foreign table", publication: without, facts: RelationFacts(kind: .foreignTable),
            reason: .noTable),
        Example(testDescription: "a view", publication: without, facts: RelationFacts(kind: .view), reason: .noTable),
        Example(
            testDescription: "partitioned, in a whole schema",
            publication: publication {
                ($0.members, $0.published, $0.schemas) = ([], [PublishedTable(leaf)], ["public"])
            },
            facts: RelationFacts(kind: .partitionedTable), reason: .sentAsPartitions),
        Example(
            testDescription: "partitioned, and not published at all", publication: without,
            facts: RelationFacts(kind: .partitionedTable), reason: .absent),
        Example(
            testDescription: "a partition of a root that is published",
            publication: publication { ($0.viaRoot, $0.published) = (true, [PublishedTable(root)]) },
            facts: RelationFacts(partitionRoot: root), reason: .sentAsRoot(root)),
        Example(
            testDescription: "with an unlogged partition", publication: Fixture.publication,
            facts: RelationFacts(kind: .partitionedTable, unsentPartitions: [leaf]), reason: .unsentPartitions([leaf])),
        Example(
            testDescription: "inserts only", publication: publication { $0.operations = [.insert] },
            facts: RelationFacts(), reason: .operations([.update, .delete])),
    ]

    @Test("A table that does not arrive is found, with the reason", arguments: examples)
    func itIsFound(example: Example) throws {
        let settings = Fixture.settings()
        let found = UnpublishedTable.find(
            settings.mapping, wanted: settings.wantedOperations, example.publication,
            facts: example.facts.map { [Self.users: $0] } ?? [:])
        #expect(found.map(\.reason) == [example.reason] && found.map(\.name) == ["public.users"], "\(found)")
    }

    @Test func aPublicationThatSendsAllHasNone() {
        let settings = Fixture.settings()
        #expect(
            UnpublishedTable.find(
                settings.mapping, wanted: [], Fixture.publication, facts: [Self.users: RelationFacts()]
            ).isEmpty)
    }

    @Test func operationsThatTheFileLeavesOutAreNotMissed() {
        let settings = Fixture.settings(operations: [.insert])
        let publication = Self.publication { $0.operations = [.insert] }
        #expect(
            UnpublishedTable.find(
                settings.mapping, wanted: settings.wantedOperations, publication, facts: [Self.users: RelationFacts()]
            ).isEmpty)
    }

    @Test func whatARuleDoesNotSendIsNotMissed() {
        var rule = TableRule(topic: "t", key: ["id"])
        rule.onDelete = .skip
        rule.onTruncate = .record
        let settings = Fixture.settings(mapping: [Fixture.users: rule])
        let publication = Self.publication { $0.operations = [.insert, .update] }
        let found = UnpublishedTable.find(
            settings.mapping, wanted: [], publication, facts: [Self.users: RelationFacts()])
        #expect(found.map(\.reason) == [.operations([.truncate])])
    }

    @Test func aPatternThatMatchesNothingIsOne() {
        let settings = Fixture.settings(patterns: [Fixture.pattern("orders_*")])
        let found = UnpublishedTable.find(
            settings.mapping, wanted: [], Fixture.publication, facts: [Self.users: RelationFacts()])
        #expect(found.map(\.name) == ["*.orders_*"] && found.map(\.reason) == [.matchesNothing])
    }
}
