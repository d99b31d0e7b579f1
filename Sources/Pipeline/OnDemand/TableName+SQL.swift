public import RowMapping

extension TableName {
    /// Reads `schema.table`, `table` (schema public) or `"My Schema"."T"`. Nothing is folded to lower case.
    public init?(sql text: String) {
        var parts: [String] = []
        // By scalar: to a String, a point and an accent behind it are one character, which is no point.
        var rest = text.unicodeScalars[...]
        repeat {
            if !parts.isEmpty { rest = rest.dropFirst() }
            guard let part = Self.part(&rest), Self.isName(part) else { return nil }
            parts.append(part)
        } while rest.first == "."
        guard rest.isEmpty, parts.count <= 2 else { return nil }
        self.init(schema: parts.count == 2 ? parts[0] : "public", name: parts[parts.count - 1])
    }

    /// What ``init(sql:)`` reads, with quotes where they are needed.
    public var sql: String { [schema, name].map(Self.quoted).joined(separator: ".") }

    private static func isName(_ part: String) -> Bool {
        // NAMEDATALEN - 1: a longer name is none of the server's.
        (1...63).contains(part.utf8.count) && !part.utf8.contains(0)
    }

    private static func quoted(_ part: String) -> String {
        guard part.isEmpty || part.unicodeScalars.contains(where: { $0 == "." || $0 == "\"" }) else { return part }
        let doubled = part.unicodeScalars.flatMap { $0 == "\"" ? [$0, $0] : [$0] }
        return "\"" + String(String.UnicodeScalarView(doubled)) + "\""
    }

    private static func part(_ rest: inout Substring.UnicodeScalarView) -> String? {
        guard rest.first == "\"" else {
            let part = rest.prefix { $0 != "." }
            rest = rest[part.endIndex...]
            return part.contains("\"") ? nil : String(part)
        }
        var part = String.UnicodeScalarView()
        rest = rest.dropFirst()
        while let end = rest.firstIndex(of: "\"") {
            part.append(contentsOf: rest[..<end])
            rest = rest[rest.index(after: end)...]
            // A doubled quote is a quote, as in SQL.
            guard rest.first == "\"" else { return String(part) }
            part.append("\"")
            rest = rest.dropFirst()
        }
        return nil
    }
}
