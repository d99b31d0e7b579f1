/// Changes as pgoutput writes them.
enum ChangeBytes {
    /// One column of a tuple.
    enum Value: ExpressibleByStringLiteral, ExpressibleByNilLiteral {
        case null
        case unchangedTOAST
        case text(String)
        /// Text that need not be UTF-8.
        case bytes([UInt8])
        case binary([UInt8])

        init(stringLiteral value: String) { self = .text(value) }
        init(nilLiteral: ()) { self = .null }
    }

    /// An old tuple with its kind.
    enum Old {
        case key([Value])
        case full([Value])
    }

    static func insert(_ new: [Value]) -> [UInt8] {
        header("I") + "N".utf8 + tuple(new)
    }

    static func update(_ old: Old? = nil, to new: [Value]) -> [UInt8] {
        header("U") + (old.map(tuple) ?? []) + "N".utf8 + tuple(new)
    }

    static func delete(_ old: Old) -> [UInt8] {
        header("D") + tuple(old)
    }

    private static func header(_ kind: String) -> [UInt8] { kind.utf8 + integer(MappedTable.oid, 4) }

    private static func tuple(_ old: Old) -> [UInt8] {
        switch old {
        case .key(let values): "K".utf8 + tuple(values)
        case .full(let values): "O".utf8 + tuple(values)
        }
    }

    private static func tuple(_ values: [Value]) -> [UInt8] {
        integer(values.count, 2) + values.flatMap(column)
    }

    private static func column(_ value: Value) -> [UInt8] {
        switch value {
        case .null: [UInt8(ascii: "n")]
        case .unchangedTOAST: [UInt8(ascii: "u")]
        case .text(let text): "t".utf8 + integer(text.utf8.count, 4) + text.utf8
        case .bytes(let bytes): "t".utf8 + integer(bytes.count, 4) + bytes
        case .binary(let bytes): "b".utf8 + integer(bytes.count, 4) + bytes
        }
    }

    private static func integer(_ value: Int, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * (size - 1 - $0))) }
    }
}
