/// All declared rules, resolved: each table's rule already carries the defaults.
public struct MappingRules: Hashable, Sendable {
    public var tables: [TableName: TableRule]
    public var unmapped: UnmappedAction

    public init(tables: [TableName: TableRule], unmapped: UnmappedAction = .skip) {
        self.tables = tables
        self.unmapped = unmapped
    }

    public func rule(for table: TableName) -> TableRule? { tables[table] }
}
