import Configuration
import RowMapping
import Testing

@Suite struct MappingTests {
    private func rules(kafka: String = "", mapping: String) throws -> [String: TableRule] {
        let result = Sample.load(Sample.text(kafka: kafka, mapping: mapping))
        let tables = try #require(result.settings, "\(result.rendered)").mapping.tables
        return Dictionary(uniqueKeysWithValues: tables.map { ($0.key.description, $0.value) })
    }

    @Test func aTablesOwnKeysLieOverTheDefaults() throws {
        let rules = try rules(
            mapping: """
                defaults: {key: [id], onDelete: tombstone, onTruncate: record, operationField: op}
                tables:
                  a: {topic: ta}
                  b: {topic: tb, key: [x, y], onDelete: both, onTruncate: skip, operationField: ''}
                """)
        #expect(
            rules == [
                "public.a": TableRule(
                    topic: "ta", key: ["id"], onDelete: .tombstone, onTruncate: .record, operationField: "op"),
                "public.b": TableRule(topic: "tb", key: ["x", "y"], onDelete: .both),
            ])
    }

    @Test func aTableThatOnlyHasATopicGetsTheDefaults() throws {
        let rules = try rules(
            kafka: "tableTopicMapping: {public.a: ta}", mapping: "defaults: {onDelete: skip}\ntables:")
        #expect(rules == ["public.a": TableRule(topic: "ta", onDelete: .skip)])
    }

    @Test func theTopicMayStandInEitherPlaceOrAlikeInBoth() throws {
        let rules = try rules(
            kafka: "tableTopicMapping: {users: t, b: tb}", mapping: "tables: {public.users: {topic: t}, public.b: }")
        #expect(rules["public.users"]?.topic == "t")
        #expect(rules["public.b"]?.topic == "tb")
    }

    @Test func oneKeyColumnNeedsNoList() throws {
        #expect(try rules(mapping: "tables: {a: {topic: t, key: id}}")["public.a"]?.key == ["id"])
    }

    @Test func thousandsOfTablesLoadInSeconds() throws {
        let tables = (0..<5000).map { "  public.t\($0): {topic: t}" }.joined(separator: "\n")
        let topics = (0..<5000).map { "  public.t\($0): t" }.joined(separator: "\n")
        let start = ContinuousClock.now
        let rules = try rules(kafka: "tableTopicMapping:\n\(topics)", mapping: "tables:\n\(tables)")
        #expect(rules.count == 5000)
        // Generous: a debug build, beside other tests.
        #expect(ContinuousClock.now - start < .seconds(20))
    }
}
