import ReplicationProtocol
import Testing

@testable import RowMapping

/// What every envelope makes of every change, in every mode: one file for each envelope and replica identity.
@Suite struct EnvelopeGoldenTests {
    private static let columns: [Relation.Column] = [.key("id"), .plain("name"), .plain("body")]

    @Test(
        arguments: [
            (Envelope.row, Relation.ReplicaIdentity.default, "row-default"), (.row, .full, "row-full"),
            (.beforeAfter, .default, "before-after-default"), (.beforeAfter, .full, "before-after-full"),
        ])
    func everyChangeIsWrittenAsBefore(
        envelope: Envelope, identity: Relation.ReplicaIdentity, file: String
    ) throws {
        var text = ""
        for onDelete in DeleteAction.allCases {
            for field in [nil, "op"] {
                let columns =
                    identity == .full
                    ? Self.columns.map { Relation.Column.key($0.name, $0.type.rawValue) } : Self.columns
                let table = try MappedTable(
                    columns, identity: identity, key: ["id"], onDelete: onDelete, onTruncate: .record,
                    operationField: field
                ) { $0.envelope = envelope }
                text += "# onDelete: \(onDelete.rawValue), operationField: \(field ?? "none")\n\n"
                for (title, records) in try Self.changes(of: table, isFull: identity == .full) {
                    text += "\(title)\n" + records.map { "    \($0)\n" }.joined()
                }
                text += "\n"
            }
        }
        try Golden.expect(text, file)
    }

    private static func changes(of table: MappedTable, isFull: Bool) throws -> [(String, [MappedRecord])] {
        let before: [ChangeBytes.Value] = ["1", "Ada", "long"]
        func old(_ values: [ChangeBytes.Value]) -> ChangeBytes.Old? {
            isFull ? .full(values) : nil
        }
        func key(_ values: [ChangeBytes.Value]) -> ChangeBytes.Old {
            isFull ? .full(values) : .key([values[0], nil, nil])
        }
        return [
            ("insert", try table.insert(before)),
            ("update", try table.update(old(before), to: ["1", "Ada L.", "long"])),
            ("update that leaves body as it is", try table.update(old(before), to: ["1", "Ada L.", .unchangedTOAST])),
            ("update of the key", try table.update(key(before), to: ["2", "Ada", "long"])),
            ("delete", try table.delete(key(before))),
            ("delete of a row without a key", try table.delete(key([nil, "Ada", "long"]))),
        ]
    }

    @Test func anOutboxSendsItsPayloadsAndNothingElse() throws {
        var text = ""
        let types: [(String, UInt32, ChangeBytes.Value)] = [
            ("jsonb", 3802, #"{"total": 12}"#), ("text", 25, "plain \"text\""), ("bytea", 17, #"\x68690a"#),
            ("null", 25, nil),
        ]
        for (name, type, payload) in types {
            let table = try MappedTable(
                [.key("id"), .plain("aggregatetype"), .plain("aggregateid"), .plain("type"), .plain("payload", type)],
                key: ["aggregateid"]
            ) {
                $0.envelope = .outbox(payload: "payload")
                $0.topic = Template(text: "", parts: [.text("outbox."), .column("aggregatetype", .lower)])
                $0.headers = [
                    HeaderRule(name: "id", value: Template(text: "", parts: [.column("id", nil)])),
                    HeaderRule(name: "type", value: Template(text: "", parts: [.column("type", nil)])),
                ]
            }
            let row: [ChangeBytes.Value] = ["e1", "Order", "42", "paid", payload]
            let topics = ["outbox.order": MappedTable.topic]
            text += "\(name)\n"
            text += try table.insert(row, topics: topics).map { "    \($0)\n" }.joined()
            #expect(try table.update(nil, to: row) == [] && table.delete(.key(row)) == [])
        }
        try Golden.expect(text, "outbox")
    }

    @Test func everyPlaceholderOfATemplateIsWrittenAsBefore() throws {
        let table = try MappedTable(Self.columns, key: ["id"], onDelete: .both, onTruncate: .record) {
            $0.headers =
                HeaderRule.standard + [
                    HeaderRule(
                        name: "mixed",
                        value: Template(
                            text: "", parts: [.text("<"), .column("name", .upper), .text("|"), .column("body", nil)]))
                ]
            $0.timestamp = .commit
        }
        let records =
            try table.insert(["1", "Ada", nil])
            + table.update(.key(["1", nil, nil]), to: ["2", "Ada", .unchangedTOAST])
            + table.delete(.key(["2", nil, nil]))
        var text = ""
        for record in records {
            text += "\(record.key ?? "no key") → \(record.value ?? "no value"), at \(record.timestamp)\n"
            for header in record.headers { text += "    \(header.name): \(header.value)\n" }
        }
        try Golden.expect(text, "headers")
    }
}
