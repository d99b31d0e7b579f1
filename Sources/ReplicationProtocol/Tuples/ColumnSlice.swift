/// Where one column's value stands in its message, or why it does not.
public struct ColumnSlice: Hashable, Sendable {
    /// How the value is carried; the raw values are pgoutput's own.
    public enum Kind: UInt8, Sendable {
        case null = 0x6E  // n
        /// A TOASTed value that the statement did not touch; it is not sent.
        case unchangedTOAST = 0x75  // u
        case text = 0x74  // t
        case binary = 0x62  // b
    }

    public var offset: UInt32
    public var length: UInt32
    public var kind: Kind

    @inlinable
    public init(kind: Kind, offset: UInt32 = 0, length: UInt32 = 0) {
        self.kind = kind
        self.offset = offset
        self.length = length
    }

    @inlinable public var range: Range<Int> { Int(offset)..<Int(offset) + Int(length) }
}
