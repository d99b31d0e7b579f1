extension Template {
    /// The longest template in bytes: far beyond any name or header that one would write.
    static let maxLength = 4096

    /// Reads a template: text with placeholders such as `{schema}` or `{column:region|lower}`, and `{{` and `}}` for
    /// braces.
    ///
    /// A column's name is exactly the catalog's. It stands in double quotes where it holds `{`, `}`, `|` or a quote,
    /// and a quote in it is doubled, as in SQL: `{column:"odd }name"}`.
    public static func parse(_ text: String) throws(TemplateError) -> Template {
        guard text.utf8.count <= maxLength else {
            throw TemplateError(
                at: 0, of: text, "the template has \(text.utf8.count) bytes where \(maxLength) are allowed")
        }
        var parser = TemplateParser(text)
        return Template(text: text, parts: try parser.parts())
    }
}
