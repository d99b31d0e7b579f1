import LinuxSupport
import Postgres
import ReplicationProtocol
import Synchronization
import TestSupport
import Testing

/// Snapshots of a real server, exported and imported.
@Suite struct SnapshotConnectionTests {
    private let scene: SnapshotScene

    init() throws {
        scene = try SnapshotScene("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2)")
    }

    private func ids(importing snapshot: String? = nil) throws -> [String?] {
        try scene.rows(scene.tables("t"), importing: snapshot).map { $0[0] }
    }

    @Test func theExportedSnapshotSeesWhatWasCommittedBeforeItsConsistentPoint() throws {
        let snapshot = try ExportedSnapshot(scene.database.parameters, slot: UniqueName.next("snapshot"))
        try scene.database.sql.execute("INSERT INTO t VALUES (3); DELETE FROM t WHERE id = 1")
        try scene.database.sql.execute("VACUUM t")
        #expect(try ids(importing: snapshot.name) == ["1", "2"])
        #expect(try ids() == ["2", "3"])
        let later = try ExportedSnapshot(scene.database.parameters, slot: UniqueName.next("snapshot"))
        #expect(later.consistentPoint > snapshot.consistentPoint)
    }

    @Test func theSnapshotOutlivesItsSlotOnceImported() throws {
        var snapshot: ExportedSnapshot? = try ExportedSnapshot(
            scene.database.parameters, slot: UniqueName.next("snapshot"))
        let reader = try SnapshotConnection(scene.database.parameters)
        let name = try #require(snapshot?.name)
        try reader.begin(importing: name)
        snapshot = nil
        try scene.database.sql.execute("INSERT INTO t VALUES (3)")
        #expect(try SnapshotScene.rows(of: scene.tables("t")[0], pages: 0..<10, on: reader).count == 2)
        // Nobody can import it any more; the slot is gone with its connection, which the server notices by and by.
        try eventually(within: .seconds(60), "the end of the snapshot") {
            guard let other = try? SnapshotConnection(scene.database.parameters) else { return false }
            return (try? other.begin(importing: name)) == nil
        }
    }

    @Test func aSessionsOwnSnapshotCanBeImported() throws {
        let first = try SnapshotConnection(scene.database.parameters)
        try first.begin()
        let name = try first.exportSnapshot()
        try scene.database.sql.execute("INSERT INTO t VALUES (3)")
        #expect(try ids(importing: name) == ["1", "2"])
    }

    /// A server of its own: a transaction that is held open there holds up nobody else's slot.
    @Test func creatingTheSlotWaitsForRunningTransactionsAndCanBeInterrupted() throws {
        let server = try PostgresServer()
        try server.start()
        let writer = try server.session()
        try writer.execute("CREATE TABLE w (); BEGIN; INSERT INTO w DEFAULT VALUES")
        let parameters = ConnectionParameters([
            ("host", server.socketFolder), ("port", "\(server.port)"), ("dbname", "postgres"), ("user", "postgres"),
        ])
        let wakeup = Wakeup()
        let outcome = Outcome()
        DedicatedThread.start(name: "test") {
            do throws(PostgresError) {
                _ = try ExportedSnapshot(parameters, slot: "waiting", interruptedBy: wakeup)
                outcome.result.withLock { $0 = .success(()) }
            } catch {
                outcome.result.withLock { $0 = .failure(error) }
            }
        }
        let watcher = try server.session()
        try eventually(within: .seconds(60), "the slot") {
            try watcher.query("SELECT FROM pg_replication_slots WHERE slot_name = 'waiting'").count == 1
        }
        #expect(outcome.result.withLock { $0 == nil })
        wakeup.signal()
        try eventually(within: .seconds(60), "the interruption") { outcome.result.withLock { $0 != nil } }
        let error = #expect(throws: PostgresError.self) { try outcome.result.withLock { try $0?.get() } }
        #expect(error?.kind == .interrupted)
    }

    private final class Outcome: Sendable {
        /// nil until the slot was made or refused.
        let result = Mutex<Result<Void, PostgresError>?>(nil)
    }

    @Test func whatCannotBeReadIsRefusedAndTheSessionGoesOn() throws {
        let reader = try SnapshotConnection(scene.database.parameters)
        try reader.begin()
        var table = try scene.tables("t")[0]
        table.leaf = RelationName(schema: "public", name: "gone")
        let error = #expect(throws: PostgresError.self) {
            try SnapshotScene.rows(of: table, pages: 0..<1, on: reader)
        }
        #expect(error?.sqlState == "42P01")
        try reader.connection.query("ROLLBACK", to: "go on")
        try reader.begin()
        #expect(try SnapshotScene.rows(of: scene.tables("t")[0], pages: 0..<1, on: reader).count == 2)
    }

    @Test func anErrorInTheMiddleIsThrownBehindTheRowsBeforeIt() throws {
        try scene.database.sql.execute("INSERT INTO t SELECT generate_series(3, 5000)")
        let reader = try SnapshotConnection(scene.database.parameters)
        try reader.begin()
        var copy = try reader.copy("COPY (SELECT ctid, 1 / (id - 4000) FROM public.t) TO STDOUT", to: "read")
        var rows = 0
        let error = #expect(throws: PostgresError.self) { while try copy.next() != nil { rows += 1 } }
        #expect(error?.sqlState == "22012")
        #expect(rows > 0)
    }

    @Test(arguments: [
        ("ALTER TABLE t ADD COLUMN late uuid DEFAULT gen_random_uuid()", false), ("TRUNCATE t", false),
        ("VACUUM FULL t", false),
        ("DROP TABLE t; CREATE TABLE t (id int PRIMARY KEY); GRANT SELECT ON t TO PUBLIC", false),
        ("ALTER TABLE t ADD COLUMN note text", true), ("VACUUM t", true), ("UPDATE t SET id = id + 10", true),
    ])
    func aTableThatWasRewrittenSinceTheSnapshotIsNotRead(_ statement: String, _ isSame: Bool) throws {
        let reader = try SnapshotConnection(scene.database.parameters)
        try reader.begin()
        _ = try reader.exportSnapshot()
        let table = try scene.tables("t")[0]
        try scene.database.sql.execute(statement)
        #expect(try reader.claim(table) == isSame)
        try reader.end()
        // Nor is it after a later snapshot, by what was known before.
        try reader.begin()
        #expect(try reader.claim(table) == isSame)
    }

    @Test func aClaimedTableCannotBeRewritten() throws {
        let reader = try SnapshotConnection(scene.database.parameters)
        try reader.begin()
        #expect(try reader.claim(scene.tables("t")[0]))
        try scene.database.sql.execute("SET lock_timeout = '50ms'")
        #expect(throws: HarnessError.self) { try scene.database.sql.execute("TRUNCATE t") }
        try reader.end()
        try scene.database.sql.execute("SET lock_timeout = 0; TRUNCATE t")
    }

    @Test func rowLevelSecurityFailsRatherThanHides() throws {
        try scene.database.sql.execute("ALTER TABLE t ENABLE ROW LEVEL SECURITY")
        let error = #expect(throws: PostgresError.self) { try ids() }
        #expect(error?.sqlState == "42501")
    }

    @Test func nothingCanBeWritten() throws {
        try scene.database.sql.execute(
            "CREATE FUNCTION f() RETURNS boolean LANGUAGE sql AS 'INSERT INTO public.t VALUES (99) RETURNING true'")
        try scene.database.sql.execute("GRANT INSERT ON t TO \(scene.database.role)")
        let error = #expect(throws: PostgresError.self) {
            try scene.rows(scene.tables("t"), condition: "public.f()")
        }
        #expect(error?.sqlState == "25006")
    }

    @Test func aRowOfManyMegabytesIsRead() throws {
        try scene.database.sql.execute("CREATE TABLE big AS SELECT repeat(E'\\t\\\\x', 4000000) AS body")
        try scene.database.grant("big")
        let rows = try scene.rows(scene.tables("big"))
        #expect(rows[0][0]?.utf8.count == 12_000_000)
    }

    @Test(
        arguments: [
            ("10:20:12,15", 9, true), ("10:20:12,15", 10, true), ("10:20:12,15", 12, false), ("10:20:12,15", 15, false),
            ("10:20:12,15", 16, true), ("10:20:12,15", 19, true), ("10:20:12,15", 20, false), ("10:10:", 10, false),
        ] as [(String, UInt64, Bool)])
    func aTransactionIsSeenWhenItHadEnded(_ text: String, _ xid: UInt64, _ isSeen: Bool) throws {
        let snapshot = try #require(TransactionSnapshot(text))
        #expect(snapshot.sees(xid) == isSeen)
        #expect(snapshot.description == text)
    }

    @Test(arguments: ["", "1:2", "a:2:", "1:2:x", "1:2:3:4"])
    func otherTextsAreNoSnapshot(_ text: String) { #expect(TransactionSnapshot(text) == nil) }

    @Test func streamedTransactionIDsGetTheirEpoch() throws {
        let snapshot = TransactionSnapshot(xmin: 1 << 32 | 5, xmax: 1 << 32 | 10)
        #expect(snapshot.widened(7) == 1 << 32 | 7)
        #expect(snapshot.widened(12) == 1 << 32 | 12)
        #expect(snapshot.widened(0xFFFF_FFF0) == 0xFFFF_FFF0)
        let reader = try SnapshotConnection(scene.database.parameters)
        try reader.begin()
        let current = try reader.currentSnapshot()
        #expect(current.xmin <= current.xmax)
    }
}
