import Testing

@testable import RowMapping

@Suite struct MappingRulesTests {
    @Test func ofEquallySpecificPatternsTheFilesFirstDecides() {
        // More than a sort that is stable for short arrays alone would keep in order.
        let patterns = (0..<500).map { number in
            PatternRule(
                pattern: TablePattern(schema: "s", name: number % 2 == 0 ? "*ab" : "ab*"),
                rule: TableRule(topic: Template(literal: "t\(number)")))
        }
        let rules = MappingRules(tables: [:], patterns: patterns)
        #expect(rules.patterns == patterns)
        #expect(rules.rule(for: TableName(schema: "s", name: "ab"))?.topic.text == "t0")
    }

    @Test func theMoreSpecificPatternStandsFirstWhereverTheFileHasIt() throws {
        let patterns = [
            try TablePattern(expression: "s.*"), TablePattern(schema: "*", name: "*"),
            TablePattern(schema: "s", name: "a*"), TablePattern(schema: "s", name: "*"),
        ].enumerated().map { PatternRule(pattern: $1, rule: TableRule(topic: Template(literal: "t\($0)"))) }
        let rules = MappingRules(tables: [:], patterns: patterns)
        #expect(rules.patterns.map(\.rule.topic.text) == ["t2", "t3", "t1", "t0"])
    }
}
