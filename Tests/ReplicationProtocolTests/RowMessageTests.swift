import Testing

@testable import ReplicationProtocol

@Suite struct RowMessageTests {
    @Test func rowsWithAKeyBringTheKeyOnlyWhenItHasChanged() throws {
        let oid = try Capture.relation("keyed")
        let changes = try Capture.rows.changes(of: "keyed")
        #expect(
            changes.map(\.message) == [
                .insert(relation: oid), .update(relation: oid, old: .none), .update(relation: oid, old: .key),
                .delete(relation: oid, old: .key),
            ])
        #expect(changes.map(\.new) == [["1", "", nil], ["1", "grün", nil], ["20", "grün", nil], []])
        #expect(changes.map(\.old) == [[], [], ["1", nil, nil], ["20", nil, nil]])
    }

    @Test func rowsWithTheFullIdentityBringTheWholeOldRow() throws {
        let oid = try Capture.relation("whole")
        let changes = try Capture.rows.changes(of: "whole")
        #expect(
            changes.map(\.message) == [
                .insert(relation: oid), .update(relation: oid, old: .full), .delete(relation: oid, old: .full),
            ])
        #expect(changes.map(\.new) == [["1", "a", nil], ["1", "a", "b"], []])
        #expect(changes.map(\.old) == [[], ["1", "a", nil], ["1", "a", "b"]])
    }

    @Test func anUntouchedTOASTValueIsMarkedAndNotSent() throws {
        let changes = try Capture.toast.changes(of: "keyed_document")
        #expect(changes[0].new == ["1", .text(String(repeating: "k", count: 2500)), "1"])
        #expect(changes[1].new == ["1", .unchangedTOAST, "2"])
        #expect(changes[1].old == [])
    }

    @Test func theFullOldRowHoldsTheUntouchedTOASTValue() throws {
        let update = try Capture.toast.changes(of: "whole_document")[1]
        #expect(update.new == ["1", .unchangedTOAST, "2"])
        #expect(update.old == ["1", .text(String(repeating: "w", count: 2500)), "1"])
    }

    @Test func textFormsOfUserTypesStandAsTheyArePrinted() throws {
        let insert = try #require(try Capture.relations.changes(of: "Kunden \"Süd\"").first)
        #expect(insert.new == ["1", "happy", "a@b.c", "(\"Main \"\"St\"\"\",7)"])
    }

    @Test func binaryValuesAreKeptApartFromText() throws {
        let insert = try #require(try Capture.binary.changes(of: "measurement").first)
        #expect(
            insert.new == [
                .binary([0, 0, 1, 2]), .binary([0xBF, 0xE0, 0, 0, 0, 0, 0, 0]), .binary([0, 0xFF]),
                .binary([UInt8(ascii: "x")]), nil,
            ])
    }

    @Test func slicesCountFromTheBeginningOfTheFrame() throws {
        let header = [UInt8](repeating: 0xEE, count: StreamFrame.walDataHeaderLength)
        let insert = try #require(try Capture.rows.changes(of: "keyed").first)
        #expect(try DecodedMessage(header + insert.bytes, from: header.count).new == insert.new)
    }

    @Test func tuplesOfAnEarlierChangeDoNotStay() throws {
        let messages = try Capture.rows.decoded().filter { $0.relation != nil }
        var tuples = ChangeTuples()
        for message in messages {
            _ = try WALMessage(decoding: message.bytes.span.bytes, from: 0, into: &tuples)
            let counts = [tuples.new.count, tuples.old.count]
            #expect(counts == [message.new.count, message.old.count])
        }
    }

    @Test func theTuplesKnowHowManyBytesTheirValuesTake() throws {
        var tuples = ChangeTuples()
        let update = try Capture.toast.changes(of: "whole_document")[1]
        _ = try WALMessage(decoding: update.bytes.span.bytes, from: 0, into: &tuples)
        let counts = [tuples.new.byteCount, tuples.old.byteCount]
        #expect(counts == [2, 2502])
    }

    @Test(arguments: ["IO", "IK", "IX", "UX", "DN", "DX"])
    func aTupleThatCannotStandThereIsRefused(start: String) throws {
        let bytes = start.utf8.prefix(1) + [0, 0, 0, 1] + start.utf8.dropFirst() + [0, 0]
        let kind = try #require(start.utf8.last)
        #expect(throws: ProtocolError.unexpectedByte(field: "tuple kind", value: kind, offset: 5)) {
            try DecodedMessage(Array(bytes))
        }
    }

    @Test func anOldTupleWithoutANewOneIsNoUpdate() {
        let bytes: [UInt8] = "U".utf8 + [0, 0, 0, 1] + "K".utf8 + [0, 0] + "O".utf8 + [0, 0]
        #expect(throws: ProtocolError.unexpectedByte(field: "tuple kind", value: 0x4F, offset: 8)) {
            try DecodedMessage(bytes)
        }
    }
}
