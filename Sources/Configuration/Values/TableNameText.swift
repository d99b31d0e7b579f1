import RowMapping

/// Table names as keys of the file: `schema.table`, `table` (schema public), `"my.schema"."T"`.
///
/// Nothing is folded to lower case: a name is what the catalog spells, quoted or not.
struct TableNameText {
    /// A schema's or a table's name.
    struct Part {
        var text: String
        var isQuoted: Bool

        var holdsWildcard: Bool { text.unicodeScalars.contains { $0 == "*" || $0 == "?" } }
        /// Whether it describes names rather than being one.
        var isPattern: Bool { !isQuoted && holdsWildcard }
    }

    var schema: Part
    var table: Part

    var tableName: TableName { TableName(schema: schema.text, name: table.text) }

    /// Reads the name of a single table.
    static func parse(_ text: String) throws(ValueError) -> TableName {
        let name = try parts(of: text)
        if name.schema.isPattern || name.table.isPattern || text.utf8.first == UInt8(ascii: "~") {
            throw ValueError(
                "is a pattern, which can stand in mapping.tables only",
                note: "a * or ? of a name, or a ~ that it begins with, stands in double quotes")
        }
        return name.tableName
    }

    /// Reads a name that may be a pattern.
    static func parts(of text: String) throws(ValueError) -> TableNameText {
        var parts: [Part] = []
        // By scalar: to a String, a point and an accent behind it are one character, which is no point.
        var rest = text.unicodeScalars[...]
        while true {
            parts.append(try part(&rest))
            if rest.isEmpty { break }
            guard rest.first == "." else {
                throw ValueError("is not a table name: a part in quotes ends at its quote")
            }
            rest = rest.dropFirst()
        }
        guard parts.count <= 2 else {
            throw ValueError(
                "is not a table name: it has \(parts.count) parts",
                note: #"put a part that holds a dot in double quotes: '"my.schema".orders'"#)
        }
        return parts.count == 2
            ? TableNameText(schema: parts[0], table: parts[1])
            : TableNameText(schema: Part(text: "public", isQuoted: false), table: parts[0])
    }

    private static func part(_ rest: inout Substring.UnicodeScalarView) throws(ValueError) -> Part {
        var part = Part(text: "", isQuoted: rest.first == "\"")
        if part.isQuoted {
            var text = String.UnicodeScalarView()
            rest = rest.dropFirst()
            while true {
                guard let end = rest.firstIndex(of: "\"") else {
                    throw ValueError("is not a table name: a double quote is not closed")
                }
                text.append(contentsOf: rest[..<end])
                rest = rest[rest.index(after: end)...]
                // A doubled quote is a quote, as in SQL.
                guard rest.first == "\"" else { break }
                text.append("\"")
                rest = rest.dropFirst()
            }
            part.text = String(text)
        } else {
            let text = rest.prefix { $0 != "." }
            part.text = String(text)
            rest = rest[text.endIndex...]
            if text.contains("\"") { throw ValueError("is not a table name: a quote stands inside a part") }
        }
        if part.text.isEmpty { throw ValueError("is not a table name: a part of it is empty") }
        // A wildcard may stand for nothing, so it does not count for the length.
        let name =
            part.isPattern
            ? String(String.UnicodeScalarView(part.text.unicodeScalars.filter { $0 != "*" })) : part.text
        if !name.isEmpty, let reason = IdentifierText.problem(name) { throw ValueError(reason) }
        return part
    }
}
