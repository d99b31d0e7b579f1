import RowMapping

extension SettingsReader {
    /// `columns` of a table.
    func columnRules(_ table: CheckedSection, maskKey: MaskKey?) -> ColumnRules {
        var rules = ColumnRules()
        let section = table.section("columns")
        if section.has("include"), section.has("exclude") {
            collector.error(
                "\(section.path(of: "exclude")) and include are both given", at: section.position(of: "exclude"),
                note: "name the columns to keep, or those to leave out")
        }
        if section.has("include") { rules.include = columns(section, "include") }
        if section.has("exclude") { rules.exclude = columns(section, "exclude") }
        let renames = section.section("rename")
        for entry in renames.entries { rules.rename[entry.name] = renames.text(entry.name) }
        let constants = section.section("constants")
        rules.constants = constants.entries.compactMap { entry in
            constants.text(entry.name).map { ColumnRules.Constant(field: entry.name, text: $0) }
        }
        rules.mask = masks(section, key: maskKey)
        rules.missing = section.choice("missing", as: ColumnRules.MissingAction.self) ?? .stop
        return rules
    }
}
