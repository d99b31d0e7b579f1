import RowMapping

extension SettingsReader {
    /// How values are written; of `sections`, the first that says so decides.
    func formats(_ sections: [CheckedSection?]) -> ValueFormats {
        func choice<Choice: RawRepresentable<String>>(_ name: String, _ type: Choice.Type) -> Choice? {
            sections.compactMap { $0 }.first { $0.has(name) }?.choice(name, as: type)
        }
        var formats = ValueFormats()
        formats.numeric = choice("numeric", ValueFormats.NumberFormat.self) ?? .number
        formats.int8 = choice("int8", ValueFormats.NumberFormat.self) ?? .number
        formats.timestamps = choice("timestamps", ValueFormats.TimestampFormat.self) ?? .iso
        formats.bytea = choice("bytea", ValueFormats.ByteaFormat.self) ?? .base64
        formats.json = choice("json", ValueFormats.JSONFormat.self) ?? .inline
        formats.floats = choice("floats", ValueFormats.NonFiniteFormat.self) ?? .string
        return formats
    }

    /// `columns.formats`: single columns, with the table's and the defaults' formats below them.
    func columnFormats(_ table: CheckedSection, defaults: CheckedSection) -> [String: ValueFormats] {
        var formats: [String: ValueFormats] = [:]
        for entry in table.section("columns").section("formats").entries {
            guard case .section(let column) = entry.value else { continue }
            formats[entry.name] = self.formats([column, table, defaults])
        }
        return formats
    }
}
