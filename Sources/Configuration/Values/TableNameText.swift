import RowMapping

/// Table names as keys of the file: `schema.table`, `table` (schema public), `"my.schema"."T"`.
///
/// Nothing is folded to lower case: a name is what the catalog spells, quoted or not.
enum TableNameText {
    static func parse(_ text: String) throws(ValueError) -> TableName {
        var parts: [String] = []
        var rest = Substring(text)
        while true {
            parts.append(try identifier(&rest))
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
            ? TableName(schema: parts[0], name: parts[1]) : TableName(schema: "public", name: parts[0])
    }

    private static func identifier(_ rest: inout Substring) throws(ValueError) -> String {
        var name = ""
        if rest.first == "\"" {
            rest = rest.dropFirst()
            while true {
                guard let end = rest.firstIndex(of: "\"") else {
                    throw ValueError("is not a table name: a double quote is not closed")
                }
                name += rest[..<end]
                rest = rest[rest.index(after: end)...]
                // A doubled quote is a quote, as in SQL.
                guard rest.first == "\"" else { break }
                name += "\""
                rest = rest.dropFirst()
            }
        } else {
            name = String(rest.prefix { $0 != "." })
            rest = rest.dropFirst(name.count)
            if name.contains("\"") { throw ValueError("is not a table name: a quote stands inside a part") }
        }
        if name.isEmpty { throw ValueError("is not a table name: a part of it is empty") }
        if let reason = IdentifierText.problem(name) { throw ValueError(reason) }
        return name
    }
}
