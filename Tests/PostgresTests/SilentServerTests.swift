import TestSupport
import Testing

@testable import Postgres

/// Waits for a server that has fallen silent.
@Suite struct SilentServerTests {
    private func connection(
        _ moment: ParameterProxy.Moment, _ bytes: [UInt8] = [], _ body: (ConnectionParameters) throws -> Void
    ) throws {
        let database = try TestDatabase("CREATE TABLE t AS SELECT g AS id FROM generate_series(1, 20000) g")
        try database.grant("t")
        let proxy = try ParameterProxy(
            to: PostgresServer.shared.port, sending: bytes, before: moment, fallsSilent: true, connections: 1)
        defer { proxy.close() }
        try body(database.parameters.with([("port", "\(proxy.port)"), ("sslmode", "disable")]))
    }

    @Test(
        "An answer that never comes, or only half of it, is given up in time",
        arguments: [[], [68, 0, 0, 0, 60, 0, 1]])
    func anAnswerThatNeverComes(_ bytes: [UInt8]) throws {
        try connection(.message("D", 2), bytes) { parameters in
            let connection = try Connection(parameters)
            let error = #expect(throws: PostgresError.self) {
                try connection.query("SELECT 1", to: "ask", timeout: .milliseconds(300))
            }
            #expect(error?.kind == .timedOut)
        }
    }

    @Test func aLogInThatIsNeverAnsweredIsGivenUpInTime() throws {
        try connection(.message("R", 1)) { parameters in
            let error = #expect(throws: PostgresError.self) { try Connection(parameters, timeout: .milliseconds(300)) }
            #expect(error?.kind == .timedOut)
        }
    }

    @Test func aTableThatComesToAHaltIsGivenUpWhenTheServerDoesNotWorkOnIt() throws {
        try connection(.copyData(100)) { parameters in
            let reader = try SnapshotConnection(parameters)
            reader.connection.silenceLimit = .milliseconds(300)
            try reader.begin()
            var rows = try reader.copy("COPY public.t TO STDOUT", to: "read the table")
            var count = 0
            let error = #expect(throws: PostgresError.self) { while try rows.next() != nil { count += 1 } }
            #expect(count == 99)
            #expect(
                error?.kind == .timedOut && error?.reason.contains("said nothing") == true, "\(error?.reason ?? "")")
        }
    }

    @Test func aTableThatTheServerWorksOnIsWaitedFor() throws {
        let database = try TestDatabase("SELECT")
        let reader = try SnapshotConnection(database.parameters)
        reader.connection.silenceLimit = .milliseconds(200)
        try reader.begin()
        var rows = try reader.copy("COPY (SELECT pg_catalog.pg_sleep(1)) TO STDOUT", to: "read the table")
        #expect(try rows.next() != nil)
        #expect(try rows.next() == nil)
    }
}
