import Testing

@testable import ReplicationProtocol

@Suite struct StandbyStatusUpdateTests {
    @Test(arguments: [(false, 0), (true, 1)] as [(Bool, UInt8)])
    func theConfirmedLSNIsFlushedAndApplied(replyRequested: Bool, last: UInt8) {
        let update = StandbyStatusUpdate(
            received: LSN(rawValue: 0x0102_0304_0506_0708), confirmed: LSN(rawValue: 0x1112_1314_1516_1718),
            sendTime: ServerTime(rawValue: 0x2122_2324_2526_2728), replyRequested: replyRequested)
        let confirmed: [UInt8] = [0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18]
        #expect(
            update.encoded
                == [UInt8(ascii: "r"), 1, 2, 3, 4, 5, 6, 7, 8] + confirmed + confirmed
                + [0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, last])
    }
}
