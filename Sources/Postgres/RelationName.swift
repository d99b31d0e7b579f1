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

    public static func < (a: RelationName, b: RelationName) -> Bool {
        (a.schema, a.name) < (b.schema, b.name)
    }
}
