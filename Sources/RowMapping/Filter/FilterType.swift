internal import ReplicationProtocol

/// What a filter can do with a column's type.
enum FilterType: UInt8, Sendable {
    case boolean
    /// Whole numbers of at most 64 bits.
    case integer
    /// numeric and the floats, compared by the digits that PostgreSQL prints.
    case decimal
    case text
    /// `char(n)`, whose trailing blanks do not count.
    case paddedText
    /// An enum or another type that the database itself defines: its text is equal to another, or is not.
    case label
    case timestamp
    case timestamptz
    case date
    case uuid
    /// Types with several texts for one value, or without an order of their texts: not compared at all.
    case other

    /// - Parameter types: the catalog's descriptions of the types that are not built in; one that is missing is taken
    ///   for a ``label``.
    init(type: OID, _ types: [OID: TypeDescription]) {
        let description = types[type]
        let base = description?.base ?? type
        if description?.element != nil {
            self = .other
        } else if TypeDescription.isUnknown(base) {
            self = .label
        } else {
            self = Self.builtIn(base.rawValue)
        }
    }

    /// The OIDs are those of PostgreSQL's `pg_type.dat` and never change.
    private static func builtIn(_ type: UInt32) -> FilterType {
        switch type {
        case 16: .boolean
        case 20, 21, 23, 26: .integer  // int8, int2, int4, oid
        case 700, 701, 1700: .decimal  // float4, float8, numeric
        case 18, 19, 25, 1043: .text  // "char", name, text, varchar
        case 1042: .paddedText
        case 1082: .date
        case 1114: .timestamp
        case 1184: .timestamptz
        case 2950: .uuid
        default: .other
        }
    }

    /// Behind `column "x" is `.
    var name: String {
        switch self {
        case .boolean: "a boolean"
        case .integer: "an integer"
        case .decimal: "a number"
        case .text, .paddedText: "text"
        case .label: "of a type that the database defines"
        case .timestamp: "a timestamp without time zone"
        case .timestamptz: "a timestamp with time zone"
        case .date: "a date"
        case .uuid: "a uuid"
        case .other: "of a type that a filter does not compare"
        }
    }

    /// Whether values have an order, beside being equal or not.
    var isOrdered: Bool {
        switch self {
        case .integer, .decimal, .text, .paddedText, .timestamp, .timestamptz, .date, .uuid: true
        case .boolean, .label, .other: false
        }
    }

    /// How values are read for a comparison; nil where they are not compared.
    var reading: FilterValue.Reading? {
        switch self {
        case .boolean, .text, .label, .uuid: .text
        case .paddedText: .paddedText
        case .integer: .integer
        case .decimal: .decimal
        case .timestamp, .timestamptz, .date: .instant
        case .other: nil
        }
    }
}
