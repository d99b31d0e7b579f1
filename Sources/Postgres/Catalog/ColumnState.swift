/// A table's column.
public struct ColumnState: Hashable, Sendable {
    public var name: String
    /// With its modifier, as SQL writes it: `character varying(20)`.
    public var type: String
    public var isNotNull: Bool
    public var isGenerated: Bool
    /// Whether a value may be stored out of line, and so be missing from an UPDATE that leaves it unchanged.
    public var isToastable: Bool

    public init(
        _ name: String, type: String = "integer", isNotNull: Bool = false, isGenerated: Bool = false,
        isToastable: Bool = false
    ) {
        self.name = name
        self.type = type
        self.isNotNull = isNotNull
        self.isGenerated = isGenerated
        self.isToastable = isToastable
    }
}
