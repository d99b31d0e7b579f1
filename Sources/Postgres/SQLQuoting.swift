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
    /// libpq's own quoting, in this connection's encoding.
    public var quoting: SQLQuoting {
        // libpq refuses only bytes that are invalid in the client encoding: that is UTF8, and so is every String.
        SQLQuoting(
            identifier: { name in
                guard let quoted = try? self.quoteIdentifier(name) else {
                    preconditionFailure("a String is valid in the connection's encoding")
                }
                return quoted
            },
            literal: { text in
                guard let quoted = try? self.quoteLiteral(text) else {
                    preconditionFailure("a String is valid in the connection's encoding")
                }
                return quoted
            })
    }
}

extension SQLQuoting {
    /// Quoting without a connection, for texts that are only shown. It assumes UTF8 and standard-conforming strings;
    /// what is run is quoted by libpq.
    public static var standard: SQLQuoting {
        SQLQuoting(identifier: { mark($0, "\"") }, literal: { mark($0, "'") })
    }

    private static func mark(_ text: String, _ mark: Character) -> String {
        let parts = text.split(separator: mark, omittingEmptySubsequences: false)
        return "\(mark)" + parts.joined(separator: "\(mark)\(mark)") + "\(mark)"
    }
}
