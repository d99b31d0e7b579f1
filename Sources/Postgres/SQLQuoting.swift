/// How names and texts become SQL. A value of its own so that what only composes SQL needs no connection.
public struct SQLQuoting {
    public let identifier: (String) -> String
    public let literal: (String) -> String

    public init(
        identifier: @escaping (String) -> String, literal: @escaping (String) -> String
    ) {
        self.identifier = identifier
        self.literal = literal
    }

    public func relation(_ name: RelationName) -> String {
        "\(identifier(name.schema)).\(identifier(name.name))"
    }

    /// `(a, b)`, as a column list.
    public func columns(_ names: [String]) -> String {
        "(" + names.map(identifier).joined(separator: ", ") + ")"
    }
}

extension Connection {
    /// Quoting for statements of this connection. See ``SQLQuoting/standard``; the encoding is UTF8 for as long as the
    /// session lasts, see ``Connection/expectSettings(_:)``.
    public var quoting: SQLQuoting { .standard }
}

extension SQLQuoting {
    /// Quoting for sessions whose encoding is UTF8. It never fails, and needs no connection: what a server says of its
    /// session does not decide how a name is written.
    public static var standard: SQLQuoting {
        SQLQuoting(identifier: { mark($0, "\"") }, literal: literal)
    }

    /// A backslash means itself only while `standard_conforming_strings` is on, so a text that has one becomes `E'…'`, where
    /// two of them mean one whatever is set.
    /// <https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS-ESCAPE>
    private static func literal(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return mark(text, "'") }
        return " E" + mark(doubling("\\", in: text), "'")
    }

    /// A statement ends at a NUL, which no text of PostgreSQL's holds.
    private static func mark(_ text: String, _ mark: Unicode.Scalar) -> String {
        let text = text.utf8.contains(0) ? String(text.unicodeScalars.prefix { $0 != "\0" }) : text
        return "\(mark)\(doubling(mark, in: text))\(mark)"
    }

    /// By scalar: a quote that a combining mark follows is no `Character` of its own, and one to the server.
    private static func doubling(_ mark: Unicode.Scalar, in text: String) -> String {
        var doubled = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == mark { doubled.append(mark) }
            doubled.append(scalar)
        }
        return String(doubled)
    }
}
