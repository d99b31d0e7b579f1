public import ReplicationProtocol

/// What the catalog says of a type that is not built in.
public struct TypeDescription: Hashable, Sendable {
    /// The type below all domains; the type itself where it is none.
    public var base: OID
    /// For an array, the type of its elements below all their domains.
    public var element: OID?
    /// `pg_type.typdelim` of the elements: what stands between them.
    public var delimiter: UInt8

    public init(base: OID, element: OID? = nil, delimiter: UInt8 = UInt8(ascii: ",")) {
        self.base = base
        self.element = element
        self.delimiter = delimiter
    }

    /// Whether a type must be asked for: below this OID PostgreSQL assigns by hand, and we know them all.
    /// `FirstGenbkiObjectId` in PostgreSQL's `access/transam.h`.
    public static func isUnknown(_ type: OID) -> Bool { type.rawValue >= 10_000 }
}
