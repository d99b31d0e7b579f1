/// One pgoutput message of protocol version 1. Row messages leave their tuples in a ``ChangeTuples``.
/// <https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html>
public enum WALMessage: Hashable, Sendable {
    case begin(Begin)
    case commit(Commit)
    case origin(Origin)
    case relation(Relation)
    case type(TypeName)
    case insert(relation: OID)
    case update(relation: OID, old: OldTuple)
    case delete(relation: OID, old: OldTuple)
    case truncate(Truncate)
    case message(LogicalMessage)

    /// The kind and the relation of a row's change, before it is decoded; nil for other messages, and for those too
    /// short to tell.
    @inlinable
    public static func rowChange(in bytes: RawSpan, from offset: Int) -> (kind: UInt8, relation: OID)? {
        guard bytes.byteCount >= offset + 5 else { return nil }
        let kind = bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
        guard kind == UInt8(ascii: "I") || kind == UInt8(ascii: "U") || kind == UInt8(ascii: "D") else { return nil }
        let relation = bytes.unsafeLoadUnaligned(fromByteOffset: offset + 1, as: UInt32.self)
        return (kind, OID(rawValue: UInt32(bigEndian: relation)))
    }

    /// Decodes the message that fills `bytes` from `offset` on; slices count from the beginning of `bytes`.
    public init(
        decoding bytes: RawSpan, from offset: Int, into tuples: inout ChangeTuples
    ) throws(ProtocolError) {
        var cursor = WireCursor(at: offset)
        let kind = try cursor.uint8("message kind", bytes)
        switch kind {
        case UInt8(ascii: "I"):
            let relation = OID(rawValue: try cursor.uint32("relation OID", bytes))
            try Self.expectNewTuple(&cursor, bytes)
            tuples.old.removeAll()
            try tuples.new.decode(&cursor, bytes)
            self = .insert(relation: relation)
        case UInt8(ascii: "U"):
            let relation = OID(rawValue: try cursor.uint32("relation OID", bytes))
            let start = cursor.offset
            let byte = try cursor.uint8("tuple kind", bytes)
            tuples.old.removeAll()
            var old = OldTuple.none
            if byte != UInt8(ascii: "N") {
                old = try Self.oldTuple(byte, at: start)
                try tuples.old.decode(&cursor, bytes)
                try Self.expectNewTuple(&cursor, bytes)
            }
            try tuples.new.decode(&cursor, bytes)
            self = .update(relation: relation, old: old)
        case UInt8(ascii: "D"):
            let relation = OID(rawValue: try cursor.uint32("relation OID", bytes))
            let start = cursor.offset
            let old = try Self.oldTuple(try cursor.uint8("tuple kind", bytes), at: start)
            tuples.new.removeAll()
            try tuples.old.decode(&cursor, bytes)
            self = .delete(relation: relation, old: old)
        case UInt8(ascii: "B"): self = .begin(try Begin(&cursor, bytes))
        case UInt8(ascii: "C"): self = .commit(try Commit(&cursor, bytes))
        case UInt8(ascii: "O"): self = .origin(try Origin(&cursor, bytes))
        case UInt8(ascii: "R"): self = .relation(try Relation(&cursor, bytes))
        case UInt8(ascii: "Y"): self = .type(try TypeName(&cursor, bytes))
        case UInt8(ascii: "T"): self = .truncate(try Truncate(&cursor, bytes))
        case UInt8(ascii: "M"): self = .message(try LogicalMessage(&cursor, bytes))
        default: throw .unknownMessage(kind: kind)
        }
        try cursor.expectEnd(of: Character(Unicode.Scalar(kind)), bytes)
    }

    private static func expectNewTuple(_ cursor: inout WireCursor, _ bytes: RawSpan) throws(ProtocolError) {
        let start = cursor.offset
        let byte = try cursor.uint8("tuple kind", bytes)
        guard byte == UInt8(ascii: "N") else {
            throw .unexpectedByte(field: "tuple kind", value: byte, offset: start)
        }
    }

    private static func oldTuple(_ byte: UInt8, at offset: Int) throws(ProtocolError) -> OldTuple {
        guard let old = OldTuple(rawValue: byte), old != .none else {
            throw .unexpectedByte(field: "tuple kind", value: byte, offset: offset)
        }
        return old
    }
}
