import ReplicationProtocol
import TestSupport
import Testing

@testable import Postgres

/// A session that is not set as it was asked to be prints and reads values in another form.
@Suite struct SessionSettingsTests {
    @Test(
        "A setting that changes in the middle of a session ends it by name, and the session can be set anew",
        arguments: [
            ("client_encoding", "SET client_encoding = 'LATIN9'"), ("DateStyle", "SET DateStyle = 'SQL, DMY'"),
            ("IntervalStyle", "SET IntervalStyle = 'iso_8601'"), ("TimeZone", "SET TimeZone = 'Europe/Berlin'"),
            ("standard_conforming_strings", "SET standard_conforming_strings = off"),
        ])
    func aChangedSettingEndsTheSession(name: String, statement: String) throws {
        let connection = try Connection(TestDatabase("SELECT").parameters)
        #expect(connection.isUsable)
        let error = #expect(throws: PostgresError.self) { try connection.query(statement, to: "do something") }
        #expect(error?.kind == .connectionLost)
        #expect(error?.reason.hasPrefix("the session's \(name) is ") == true, "\(error?.reason ?? "")")
        #expect(!connection.isUsable, "nobody asks on it again")
        #expect(throws: PostgresError.self) { try connection.query("SELECT 1", to: "ask") }
        try connection.completeSettings()
        #expect(connection.isUsable)
        #expect(try connection.query("SELECT 1", to: "ask")[0, 0] == "1")
    }

    @Test func anotherOrderOfDaysAndMonthsPrintsTheSame() throws {
        let connection = try Connection(TestDatabase("SELECT").parameters)
        try connection.query("SET DateStyle = 'ISO, DMY'", to: "set the order")
        #expect(try connection.query("SELECT date '2026-11-22'", to: "ask")[0, 0] == "2026-11-22")
    }

    @Test func aSettingThatChangesWhileRowsAreReadIsFoundAtTheirEnd() throws {
        let database = try TestDatabase("SELECT")
        let reader = try SnapshotConnection(database.parameters)
        var rows = try reader.copy(
            "COPY (SELECT set_config('DateStyle', 'German', false)) TO STDOUT", to: "read the table")
        #expect(throws: PostgresError.self) { while try rows.next() != nil {} }
    }

    @Test(
        "A server that reports another encoding makes an error, at the log-in and after any answer",
        arguments: [1, 2, 3])
    func anEncodingThatIsReportedOnly(answer: Int) throws {
        let database = try TestDatabase("CREATE TABLE \"Größe\" (id int PRIMARY KEY)")
        let proxy = try ParameterProxy(
            to: PostgresServer.shared.port, reporting: "client_encoding", as: "BIG5", before: .answer(answer))
        defer { proxy.close() }
        let parameters = database.parameters.with([("port", "\(proxy.port)"), ("sslmode", "disable")])
        let error = #expect(throws: PostgresError.self) {
            let connection = try Connection(parameters)
            for _ in 0..<3 {
                _ = try TableState.read(RelationName(schema: "public", name: "Größe"), on: connection)
            }
        }
        #expect(error?.reason.contains("client_encoding is \"BIG5\"") == true, "\(error?.description ?? "")")
        #expect(error?.kind == .connectionLost)
    }

    @Test func anAnswerOfAnotherFormHasNoValues() throws {
        let connection = try Connection(TestDatabase("SELECT").parameters)
        let empty = try connection.query("SELECT 1 WHERE false", to: "ask")
        #expect(empty[0, 0] == nil && empty.bytes(0, 0) == nil)
        #expect(try connection.query("SELECT 1", to: "ask")[0, 7] == nil)
    }
}
