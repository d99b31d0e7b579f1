@testable import ReplicationProtocol

/// A message with copies of its tuples, so that a test can hold and compare it.
struct DecodedMessage: Equatable {
    /// One column's value.
    enum Column: Equatable, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
        case null
        case unchangedTOAST
        case text(String)
        case binary([UInt8])

        init(stringLiteral value: String) { self = .text(value) }
        init(nilLiteral: ()) { self = .null }
    }

    var message: WALMessage
    var new: [Column]
    var old: [Column]
    let bytes: [UInt8]

    /// - Parameter offset: how many bytes stand in front of the message.
    init(_ bytes: [UInt8], from offset: Int = 0) throws(ProtocolError) {
        var tuples = ChangeTuples()
        message = try WALMessage(decoding: bytes.span.bytes, from: offset, into: &tuples)
        new = Self.columns(tuples.new, bytes)
        old = Self.columns(tuples.old, bytes)
        self.bytes = bytes
    }

    /// The relation that a row's change is of.
    var relation: OID? {
        switch message {
        case .insert(let relation), .update(let relation, _), .delete(let relation, _): relation
        default: nil
        }
    }

    private static func columns(_ tuple: borrowing TupleSlices, _ bytes: [UInt8]) -> [Column] {
        var columns: [Column] = []
        for index in 0..<tuple.count { columns.append(column(tuple[index], bytes)) }
        return columns
    }

    private static func column(_ slice: ColumnSlice, _ bytes: [UInt8]) -> Column {
        switch slice.kind {
        case .null: .null
        case .unchangedTOAST: .unchangedTOAST
        case .text: .text(String(decoding: bytes[slice.range], as: UTF8.self))
        case .binary: .binary(Array(bytes[slice.range]))
        }
    }
}
