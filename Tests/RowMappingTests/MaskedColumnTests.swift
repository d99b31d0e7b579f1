import ReplicationProtocol
import Testing

@testable import RowMapping

/// A masked column's value appears nowhere: not in the value, the key, a header, a topic or a dead letter.
@Suite struct MaskedColumnTests {
    private static let columns: [Relation.Column] = [.key("id", 25), .plain("email"), .plain("tags", 1009)]

    private func table(_ masks: [String: Mask], _ adjust: (inout TableRule) -> Void = { _ in }) throws -> MappedTable {
        try MappedTable(Self.columns, key: ["id"]) {
            $0.columns.mask = masks
            adjust(&$0)
        }
    }

    @Test(
        arguments: [
            (Mask.redact, "***"), (.last(4), "********.com"), (.truncate(3), "ada"),
            // printf %s ada@mail.com | sha256sum
            (.sha256, "c2175de41878309d936308bea025618105f33ed759283e127b67b13962a91689"),
        ])
    func aMaskStandsInTheValue(mask: Mask, text: String) throws {
        let value = try table(["email": mask]).insert(["1", "ada@mail.com", "{a}"])[0].value
        #expect(value == #"{"id":"1","email":"\#(text)","tags":["a"]}"#)
    }

    @Test func nullStaysNull() throws {
        #expect(
            try table(["email": .sha256]).insert(["1", nil, "{a}"])[0].value == #"{"id":"1","email":null,"tags":["a"]}"#
        )
    }

    @Test func anArrayIsMaskedAsAWhole() throws {
        #expect(
            try table(["tags": .redact]).insert(["1", "a", "{x,y}"])[0].value == #"{"id":"1","email":"a","tags":"***"}"#
        )
    }

    @Test(arguments: [KeyFormat.text, .json])
    func theKeyIsMaskedToo(format: KeyFormat) throws {
        let record = try table(["id": .last(1)]) { $0.keyFormat = format }.insert(["secret7", "a", "{}"])[0]
        #expect(record.key == (format == .text ? "******7" : #"{"id":"******7"}"#))
    }

    @Test func headersAndTopicsAreMaskedToo() throws {
        let table = try table(["email": .truncate(1)]) {
            $0.topic = Template(text: "", parts: [.text("t."), .column("email", nil)])
            $0.headers = [HeaderRule(name: "who", value: Template(text: "", parts: [.column("email", .upper)]))]
        }
        let record = try table.insert(["1", "zoe", "{}"], topics: ["t.z": 2])[0]
        #expect(record.topic == 2 && record.headers == [.init(name: "who", value: "Z")])
    }

    @Test func theOldRowIsMaskedToo() throws {
        let table = try MappedTable(
            Self.columns.map { .key($0.name, $0.type.rawValue) }, identity: .full, key: ["id"]
        ) {
            $0.columns.mask = ["email": .redact]
            $0.envelope = .beforeAfter
        }
        let value = try table.delete(.full(["1", "ada", "{}"]))[0].value
        #expect(value == #"{"before":{"id":"1","email":"***","tags":[]},"after":null,"operation":"DELETE"}"#)
    }

    @Test func whatAMaskLeavesIsEscaped() throws {
        let value = try table(["email": .truncate(9)]).insert(["1", "say \"hi\"\n", "{}"])[0].value
        #expect(value == #"{"id":"1","email":"say \"hi\"\n","tags":[]}"#)
    }

    @Test func aMaskOfAColumnThatIsGoneIsAnError() throws {
        #expect(
            throws: MappingError.unknownColumns(
                ["phone"], rule: "columns", table: TableName(schema: "public", name: "t"))
        ) { try table(["phone": .redact]) }
    }
}
