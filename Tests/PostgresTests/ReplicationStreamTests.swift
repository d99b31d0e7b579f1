import ReplicationProtocol
import TestSupport
import Testing

@testable import Postgres

@Suite struct ReplicationStreamTests {
    @Test(arguments: [(false, ""), (true, ", messages 'true'")])
    func messagesAreAskedForOnlyWhereARuleWantsThem(_ messages: Bool, _ option: String) {
        #expect(
            ReplicationStream.command(slot: "s", publications: ["p"], from: LSN(rawValue: 16), messages: messages)
                == "START_REPLICATION SLOT \"s\" LOGICAL 0/10 (proto_version '1', publication_names '\"p\"'\(option))")
    }

    @Test func theServerSendsMessagesWhenAsked() throws {
        let database = try TestDatabase("CREATE PUBLICATION p")
        let slot = UniqueName.next("slot")
        let connection = try Connection(database.parameters.forReplication)
        try connection.query("CREATE_REPLICATION_SLOT \(slot) TEMPORARY LOGICAL pgoutput", to: "make a slot")
        let stream = try ReplicationStream(on: connection, slot: slot, publications: ["p"], from: .zero, messages: true)
        try database.sql.execute("SELECT pg_logical_emit_message(false, 'audit', 'hello')")
        var chunk = WALChunk(capacity: 1 << 16)
        try eventually(within: .seconds(10), "the message") {
            _ = try stream.receive(into: &chunk, limit: 1 << 20)
            return (0..<chunk.frameCount).contains { frame in
                chunk.withFrame(frame) { bytes in
                    let start = StreamFrame.walDataHeaderLength
                    return bytes.byteCount > start && bytes.withUnsafeBytes { $0[start] } == UInt8(ascii: "M")
                }
            }
        }
    }
}
