import Testing

@testable import ReplicationProtocol

@Suite struct TupleSlicesTests {
    private func insert(columns: Int, _ column: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = "I".utf8 + [0, 0, 0, 1] + "N".utf8
        bytes += [UInt8(columns >> 8), UInt8(columns & 0xFF)]
        for _ in 0..<columns { bytes += column }
        return bytes
    }

    @Test(arguments: [0, 1, 1600, 1664])
    func asManyColumnsAsARowCanHaveAreDecoded(count: Int) throws {
        #expect(try DecodedMessage(insert(columns: count, [0x74, 0, 0, 0, 1, 0x78])).new.count == count)
    }

    @Test(arguments: [1665, 65535])
    func moreColumnsThanARowCanHaveAreRefused(count: Int) {
        #expect(throws: ProtocolError.tooManyColumns(count: count)) {
            try DecodedMessage(insert(columns: count, [0x6E]))
        }
    }

    @Test(arguments: [[0x80, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF]] as [[UInt8]])
    func aNegativeLengthIsRefused(length: [UInt8]) {
        #expect(throws: ProtocolError.self) { try DecodedMessage(insert(columns: 1, [0x74] + length + [0x78])) }
    }

    @Test func aLengthBeyondTheMessageIsRefused() {
        #expect(throws: ProtocolError.truncated(field: "column value", offset: 13, length: 14)) {
            try DecodedMessage(insert(columns: 1, [0x74, 0x7F, 0xFF, 0xFF, 0xFF, 0x78]))
        }
    }

    @Test func anUnknownKindOfColumnIsRefused() {
        #expect(throws: ProtocolError.unexpectedByte(field: "column kind", value: 0x78, offset: 8)) {
            try DecodedMessage(insert(columns: 1, [0x78]))
        }
    }

    @Test func aTupleThatFailedToDecodeLendsNoColumns() throws {
        var tuples = ChangeTuples()
        _ = try WALMessage(decoding: insert(columns: 3, [0x6E]).span.bytes, from: 0, into: &tuples)
        let damaged = insert(columns: 3, [0x6E]).dropLast()
        _ = try? WALMessage(decoding: Array(damaged).span.bytes, from: 0, into: &tuples)
        let count = tuples.new.count
        #expect(count == 0)
    }
}
