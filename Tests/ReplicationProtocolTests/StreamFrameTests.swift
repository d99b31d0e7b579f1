import Testing

@testable import ReplicationProtocol

@Suite struct StreamFrameTests {
    private static let walData = FrameBytes.walData(start: 0x16_B374_D848, end: 0x16_B374_D900, time: -1)
    private static let keepalive = FrameBytes.keepalive(end: 0x16_B374_D848, time: 2, reply: 1)

    private func decode(_ bytes: [UInt8]) throws(ProtocolError) -> StreamFrame {
        try StreamFrame(decoding: bytes.span.bytes)
    }

    @Test func walDataHasItsPlaceAndTime() throws {
        #expect(
            try decode(Self.walData + [0x42])
                == .walData(
                    walStart: LSN(rawValue: 0x16_B374_D848), walEnd: LSN(rawValue: 0x16_B374_D900),
                    sendTime: ServerTime(rawValue: -1)))
    }

    @Test func thePayloadBeginsBehindTheHeader() {
        #expect(Self.walData.count == StreamFrame.walDataHeaderLength)
    }

    @Test(arguments: [(0, false), (1, true)] as [(UInt8, Bool)])
    func aKeepaliveMayAskForAReply(byte: UInt8, asks: Bool) throws {
        #expect(
            try decode(FrameBytes.keepalive(end: 0x16_B374_D848, time: 2, reply: byte))
                == .keepalive(
                    walEnd: LSN(rawValue: 0x16_B374_D848), sendTime: ServerTime(rawValue: 2), replyRequested: asks))
    }

    @Test(arguments: [walData, keepalive])
    func aFrameCutAtAnyLengthIsAnError(frame: [UInt8]) {
        for length in 0..<frame.count {
            #expect(throws: ProtocolError.self, "cut to \(length)") { try decode(Array(frame[..<length])) }
        }
    }

    @Test func aByteBehindAKeepaliveIsAnError() {
        #expect(throws: ProtocolError.trailingBytes(message: "k", count: 1)) { try decode(Self.keepalive + [0]) }
    }

    @Test func anUnknownFrameIsNamed() {
        #expect(throws: ProtocolError.unknownFrame(kind: 0x78)) { try decode([0x78]) }
    }
}
