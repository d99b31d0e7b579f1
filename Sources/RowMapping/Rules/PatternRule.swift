/// A rule for all tables that a pattern names.
public struct PatternRule: Hashable, Sendable {
    public var pattern: TablePattern
    public var rule: TableRule

    public init(pattern: TablePattern, rule: TableRule) {
        self.pattern = pattern
        self.rule = rule
    }
}
