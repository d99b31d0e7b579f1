/// A relation's schema and name, exactly as the catalog spells them.
public struct RelationName: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let schema: String
    public let name: String

    public init(schema: String, name: String) {
        self.schema = schema
        self.name = name
    }

    /// `schema.name`, for messages; not SQL, since nothing is quoted.
    public var description: String { "\(schema).\(name)" }

    /// Byte by byte, as PostgreSQL tells names apart: to a String, `é` in one scalar and in two are the same.
    public static func == (a: RelationName, b: RelationName) -> Bool {
        a.schema.utf8.elementsEqual(b.schema.utf8) && a.name.utf8.elementsEqual(b.name.utf8)
    }

    public static func < (a: RelationName, b: RelationName) -> Bool {
        (a.schema, a.name) < (b.schema, b.name)
    }
}
