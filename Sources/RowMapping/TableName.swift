/// A table's schema and name, exactly as the catalog spells them: never folded to lower case, never quoted.
public struct TableName: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let schema: String
    public let name: String

    public init(schema: String, name: String) {
        self.schema = schema
        self.name = name
    }

    /// `schema.name`, for messages; not SQL, since nothing is quoted.
    public var description: String { "\(schema).\(name)" }

    /// Byte by byte, as PostgreSQL tells names apart: to a String, `é` in one scalar and in two are the same.
    public static func == (a: TableName, b: TableName) -> Bool {
        a.schema.isSpelled(like: b.schema) && a.name.isSpelled(like: b.name)
    }

    public static func < (a: TableName, b: TableName) -> Bool {
        (a.schema, a.name) < (b.schema, b.name)
    }
}

extension String {
    /// Whether both are the same bytes. Equality of Strings is that of Unicode, to which accents can be written in two
    /// ways; names of PostgreSQL and of JSON's fields that differ in that are two.
    package func isSpelled(like other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
