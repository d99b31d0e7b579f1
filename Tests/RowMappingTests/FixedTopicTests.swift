import RowMapping
import Testing

@Suite struct FixedTopicTests {
    @Test(arguments: [
        ("orders", "orders"), ("cdc.{schema}.{table}", "cdc.Odd S.a b"), ("{{x}}", "{x}"), ("t.{operation}", nil),
        ("t.{column:region|lower}", nil), ("{txOrdinal}", nil),
    ])
    func aTopicIsFixedUnlessTheChangeDecidesIt(_ template: String, _ topic: String?) throws {
        let rule = TableRule(topic: try .parse(template))
        #expect(rule.fixedTopic(for: TableName(schema: "Odd S", name: "a b")) == topic)
    }

    @Test func illegalCharactersAreReplacedWhereTheRuleSaysSo() throws {
        var rule = TableRule(topic: try .parse("{schema}.{table}"))
        rule.illegalTopicCharacters = .replace
        #expect(rule.fixedTopic(for: TableName(schema: "Öl S", name: "a\"b")) == "_l_S.a_b")
    }
}
