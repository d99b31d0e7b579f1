import RowMapping

extension SettingsReader {
    /// `filter` of a table, as an expression that only a table's shape can still refuse.
    func filter(_ table: CheckedSection) -> FilterExpression? {
        guard let text = table.text("filter") else { return nil }
        do throws(FilterError) {
            return try FilterExpression.parse(text)
        } catch {
            // The offset is in the condition's own text, which quoting and ${NAME} may have moved in the file.
            collector.error(
                "\(table.path(of: "filter")): \(error.message), at character \(error.offset + 1) of the condition",
                at: table.position(of: "filter"), note: error.note)
            return nil
        }
    }
}
