import ReplicationProtocol
import TestSupport
import Testing

@testable import Postgres

/// Commits are found in a server's own WAL, whatever a publication sends.
@Suite struct CommitRecordTests {
    /// What the slot sends as the last transaction: its xid, the place of its commit, and its time.
    private func lastBegin(_ database: TestDatabase, _ slot: String) throws -> (xid: UInt32, lsn: LSN, time: ServerTime)
    {
        // Begin: B, the commit's LSN, its time, and the xid.
        let text = try #require(
            try database.sql.value(
                """
                SELECT encode(data, 'hex') FROM pg_logical_slot_peek_binary_changes(
                    '\(slot)', NULL, NULL, 'proto_version', '1', 'publication_names', 'p', 'messages', 'true')
                WHERE get_byte(data, 0) = ascii('B') ORDER BY lsn DESC LIMIT 1
                """))
        func number(_ from: Int, _ count: Int) throws -> UInt64 {
            try #require(UInt64(text.dropFirst(2 * from).prefix(2 * count), radix: 16))
        }
        return (
            UInt32(try number(17, 4)), LSN(rawValue: try number(1, 8)),
            ServerTime(rawValue: Int64(bitPattern: try number(9, 8)))
        )
    }

    @Test(
        arguments: [
            "INSERT INTO t VALUES (1)",
            "BEGIN; INSERT INTO t VALUES (1); CREATE TABLE u (id int); CREATE TABLE v (id int); COMMIT",
            // Its record is longer than two pages.
            """
            DO $$ BEGIN FOR i IN 1..6000 LOOP
                BEGIN INSERT INTO t VALUES (i); EXCEPTION WHEN division_by_zero THEN END;
            END LOOP; END $$
            """,
            """
            SELECT pg_replication_origin_create(current_database()), pg_replication_origin_session_setup(current_database());
            BEGIN; SELECT pg_replication_origin_xact_setup('0/1', '2020-01-01');
            INSERT INTO t VALUES (1); COMMIT; SELECT pg_replication_origin_session_reset()
            """,
        ])
    func theCommitOfATransactionIsFound(statement: String) throws {
        let database = try TestDatabase("CREATE TABLE t (id int PRIMARY KEY); CREATE PUBLICATION p FOR TABLE t")
        let slot = UniqueName.next("slot")
        try database.sql.execute("SELECT pg_create_logical_replication_slot('\(slot)', 'pgoutput')")
        defer { _ = try? database.sql.value("SELECT pg_drop_replication_slot('\(slot)')") }
        try database.sql.execute(statement)
        let begin = try lastBegin(database, slot)
        // The record's last byte has to be written before it is sent.
        try database.sql.execute("SELECT pg_switch_wal()")
        let found = try Connection(database.parameters.forReplication).commitRecord(at: begin.lsn)
        guard case .commit(let record) = found else {
            Issue.record("\(String(describing: found))")
            return
        }
        #expect(record.xid == begin.xid)
        #expect(record.times.contains(begin.time), "\(record.times), \(begin.time)")
        let beside = try Connection(database.parameters.forReplication).commitRecord(
            at: LSN(rawValue: begin.lsn.rawValue + 8))
        #expect(beside == .noCommit || beside == .unreadable, "\(String(describing: beside))")
    }

    @Test func aPreparedTransactionHasATimeAndNoNumber() throws {
        let server = try PostgresServer(settings: ["max_prepared_transactions": "5"])
        try server.start()
        let sql = try server.session()
        try sql.execute("CREATE TABLE t (id int); BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'p'")
        let place = try #require(try sql.value("SELECT pg_current_wal_insert_lsn()").flatMap { LSN($0) })
        try sql.execute("COMMIT PREPARED 'p'")
        let parameters = ConnectionParameters([
            ("host", server.socketFolder), ("port", "\(server.port)"), ("dbname", "postgres"),
            ("user", PostgresServer.superuser),
        ])
        guard case .commit(let record)? = try Connection(parameters.forReplication).commitRecord(at: place) else {
            Issue.record("no commit is found")
            return
        }
        #expect(record.xid == nil && record.times.count == 1)
    }

    @Test func whatIsNotThereIsNotFound() throws {
        let database = try TestDatabase("SELECT")
        let connection = try Connection(database.parameters.forReplication)
        #expect(try connection.commitRecord(at: LSN(rawValue: .max - 8192)) == nil)
    }
}
