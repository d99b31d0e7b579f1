import RowMapping

extension SettingsReader {
    /// `filter` of a table, as an expression that only a table's shape can still refuse, and where it is written.
    func filter(_ table: CheckedSection) -> (expression: FilterExpression, source: FilterSource)? {
        guard let entry = table.entry("filter"), case .text(let text) = entry.value else { return nil }
        do throws(FilterError) {
            let source = FilterSource(file: collector.fileName, text: collector.valueText(text, at: entry.position))
            return (try FilterExpression.parse(text), source)
        } catch {
            report(error.message, note: error.note, offset: error.offset, in: "the condition", table, entry, text)
            return nil
        }
    }
}
