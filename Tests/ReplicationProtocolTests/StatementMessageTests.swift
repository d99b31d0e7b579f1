import Testing

@testable import ReplicationProtocol

/// Truncate and Message: what a statement did rather than what happened to a row.
@Suite struct StatementMessageTests {
    @Test func truncatesNameTheirTablesAndOptions() throws {
        let truncates = try Capture.truncate.decoded().compactMap { message -> Truncate? in
            if case .truncate(let truncate) = message.message { truncate } else { nil }
        }
        let lone = try Capture.relation("lone")
        let parent = try Capture.relation("parent")
        let child = try Capture.relation("child")
        #expect(truncates.map(\.relations) == [[lone], [lone], [parent, child], [parent, lone, child]])
        #expect(truncates.map(\.cascade) == [false, false, true, true])
        #expect(truncates.map(\.restartIdentity) == [false, true, false, true])
    }

    @Test func aTruncateThatPromisesFourBillionTablesIsRefused() {
        let bytes: [UInt8] = "T".utf8 + [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 1]
        #expect(throws: ProtocolError.truncated(field: "relation OID", offset: 10, length: 10)) {
            try DecodedMessage(bytes)
        }
    }

    @Test func emittedMessagesKeepPrefixAndContent() throws {
        let decoded = try Capture.messages.decoded()
        let messages = decoded.compactMap { message -> (LogicalMessage, [UInt8])? in
            guard case .message(let logical) = message.message else { return nil }
            return (logical, Array(message.bytes[logical.content]))
        }
        #expect(messages.map(\.0.prefix) == ["outside", "inside", "bytes", ""])
        #expect(messages.map(\.1) == [Array("now".utf8), Array("grün".utf8), [0, 0xFF, 0], []])
        #expect(messages.map(\.0.isTransactional) == [false, true, true, true])
        #expect(messages.map(\.0.lsn) == ["0/15271C8", "0/1527208", "0/1527248", "0/1527280"].map { LSN($0) })
    }

    @Test func aMessageOutsideATransactionHasNoBegin() throws {
        guard case .message = try Capture.messages.decoded()[0].message else {
            Issue.record("the first message of the capture is the one emitted outside a transaction")
            return
        }
    }

    @Test func anUnknownKindOfMessageIsNamed() {
        #expect(throws: ProtocolError.unknownMessage(kind: 0x53)) { try DecodedMessage(Array("S".utf8)) }
    }
}
