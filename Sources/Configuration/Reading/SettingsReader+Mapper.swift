import RowMapping

/// What go-pq-cdc-kafka's own binary makes of a change, in our rules. They lie below `mapping.defaults`: what a file says in
/// our words holds.
extension SettingsReader {
    /// The rules for all tables.
    func inheritedRules() -> DeclaredRules {
        var rules = DeclaredRules()
        if file.section("kafka").givenBoolean("skipOversizedMessages") == true { rules.onOversize = .skip }
        guard file.has("mapper") else { return rules }
        let mapper = file.section("mapper")
        rules.key = [mapperColumn(mapper, "keyField") ?? "id"]
        rules.operationField = "operation"
        rules.headers = [
            HeaderRule(name: "operation", value: Template(text: "{operation}", parts: [.field(.operation)])),
            HeaderRule(
                name: "table",
                value: Template(text: "{schema}.{table}", parts: [.field(.schema), .text("."), .field(.table)])),
            HeaderRule(name: "source", value: Template(text: "{source}", parts: [.field(.source)])),
        ]
        return rules
    }

    /// `mapper.tableKeyMapping`: the key's column of single tables.
    func mapperKeys() -> [TableName: (column: String, position: SourcePosition)] {
        var keys: [TableName: (column: String, position: SourcePosition)] = [:]
        let section = file.section("mapper").section("tableKeyMapping")
        for entry in section.entries {
            do throws(ValueError) {
                let table = try TableNameText.parse(entry.name)
                if let column = mapperColumn(section, entry.name) { keys[table] = (column, entry.keyPosition) }
            } catch {
                collector.error(
                    "\(KeyChecker.quoted(entry.name)) \(error.reason)", at: entry.keyPosition, note: error.note)
            }
        }
        return keys
    }

    /// Gives tables their keys of `mapper.tableKeyMapping`; one that `mapping.tables` gives holds.
    ///
    /// - Parameter declared: the tables that have a key in `mapping.tables`.
    func applyMapperKeys(to rules: inout MappingRules, declared: Set<TableName>) {
        for (table, key) in mapperKeys() where !declared.contains(table) {
            if rules.tables[table] == nil {
                guard let pattern = rules.patterns.first(where: { $0.pattern.matches(table) }) else {
                    collector.warning(
                        "mapper.tableKeyMapping names table \(KeyChecker.quoted(table.description)), which no rule maps",
                        at: key.position, note: "give it a topic in kafka.tableTopicMapping")
                    continue
                }
                rules.tables[table] = pattern.rule
                rules.shortForms.insert(table)
            }
            rules.tables[table]?.key = [key.column]
        }
    }

    /// A column's name; nil where it is empty, as there it stands for the default.
    private func mapperColumn(_ section: CheckedSection, _ name: String) -> String? {
        guard let column = section.text(name), !column.isEmpty else { return nil }
        check(section, name, IdentifierText.problem)
        return column
    }
}
