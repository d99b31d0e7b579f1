import Figures
import TestSupport

/// Changes that lie in the WAL, ready to be streamed any number of times.
struct Workload: Sendable {
    let name: String
    let title: String
    /// Changes, unless `--rows` says otherwise.
    let changes: Int
    /// Makes the tables; those it returns are published.
    let prepare: @Sendable (SQLSession, Int) throws -> [String]
    /// Makes the changes.
    let fill: @Sendable (SQLSession, Int) throws -> Void
    /// What issue 3 asks for; nil where it asks for nothing.
    var targets = Targets()

    struct Targets: Sendable {
        /// Rows per second, times pg_recvlogical's, by route.
        var rate: [Route: Double] = [:]
        /// CPU seconds per million changes, over TCP.
        var ownCPU: Double?
        /// Walsender's CPU, times what pg_recvlogical costs it.
        var walsender: [Route: Double] = [:]
        /// Peak memory in MB.
        var peak: Double? = 40
    }

    static let all: [Workload] = [narrow, oneTransaction, singleRows, updatesFull, wide]

    private static let narrowColumns = """
        id bigint PRIMARY KEY, account int NOT NULL, name text NOT NULL, amount numeric(12,2) NOT NULL,
        active boolean NOT NULL, updated_at timestamptz NOT NULL
        """
    private static let narrowRow = """
        g, g % 1000, 'customer name number ' || g, (g % 100000)::numeric / 100, g % 2 = 0,
        '2026-01-01'::timestamptz + g * interval '1.000123 s'
        """

    private static let narrow = Workload(
        name: "narrow", title: "rows of 6 columns, 151 bytes on the wire, 1,000 a transaction", changes: 1_000_000,
        prepare: { session, _ in
            try session.execute("CREATE TABLE narrow (\(narrowColumns))")
            return ["narrow"]
        },
        fill: { session, count in
            try session.insert(into: "narrow", narrowRow, rows: count, perTransaction: 1000)
        },
        targets: .init(rate: [.tcp: 1.6, .unix: 1.0], ownCPU: 2.0, walsender: [.tcp: 0.6]))

    private static let oneTransaction = Workload(
        name: "one-transaction", title: "rows of the same kind, all in one transaction", changes: 1_000_000,
        prepare: { session, _ in
            try session.execute("CREATE TABLE one_transaction (\(narrowColumns))")
            return ["one_transaction"]
        },
        fill: { session, count in
            try session.insert(into: "one_transaction", narrowRow, rows: count, perTransaction: count)
        },
        targets: .init(rate: [.tcp: 1, .unix: 1], ownCPU: 2.3))

    private static let singleRows = Workload(
        name: "single-rows", title: "rows of the same kind, each in a transaction of its own", changes: 100_000,
        prepare: { session, _ in
            try session.execute("CREATE TABLE single_rows (\(narrowColumns))")
            return ["single_rows"]
        },
        fill: { session, count in
            try session.insert(into: "single_rows", narrowRow, rows: count, perTransaction: 1)
        },
        targets: .init(rate: [.tcp: 1, .unix: 1], ownCPU: 6.4))

    private static let updatesFull = Workload(
        name: "updates-full", title: "updates of such rows with REPLICA IDENTITY FULL, 1,000 a transaction",
        changes: 500_000,
        prepare: { session, count in
            try session.execute("CREATE TABLE updates_full (\(narrowColumns))")
            try session.execute("ALTER TABLE updates_full REPLICA IDENTITY FULL")
            try session.execute("INSERT INTO updates_full SELECT \(narrowRow) FROM generate_series(1, \(count)) g")
            return ["updates_full"]
        },
        fill: { session, count in
            try session.transactions(
                count / 1000,
                "UPDATE updates_full SET amount = amount + 1 WHERE id BETWEEN i * 1000 + 1 AND i * 1000 + 1000")
        },
        targets: .init(rate: [.tcp: 1, .unix: 1], ownCPU: 2.9))

    private static let wide = Workload(
        name: "wide", title: "rows of 30 columns, 1.1 KB on the wire, 1,000 a transaction", changes: 300_000,
        prepare: { session, _ in
            let columns = (1..<30).map { index in
                switch index {
                case 1...5: "number_\(index) int NOT NULL"
                case 6...9: "amount_\(index) numeric NOT NULL"
                case 10, 11: "flag_\(index) boolean NOT NULL"
                case 12...14: "changed_at_\(index) timestamptz NOT NULL"
                default: "text_\(index) text NOT NULL"
                }
            }
            try session.execute("CREATE TABLE wide (id bigint PRIMARY KEY, \(columns.joined(separator: ", ")))")
            return ["wide"]
        },
        fill: { session, count in
            let values = (1..<30).map { index in
                switch index {
                case 1...5: "g * \(index) % 100000"
                case 6...9: "(g % 1000)::numeric + 0.\(10 + index)"
                case 10, 11: "g % 2 = 0"
                case 12...14: "'2026-01-01'::timestamptz + g * interval '1.000123 s'"
                default: "'a text of fifty bytes or so, row ' || g || ', column \(index)'"
                }
            }
            try session.insert(into: "wide", "g, " + values.joined(separator: ", "), rows: count, perTransaction: 1000)
        },
        targets: .init(rate: [.tcp: 1, .unix: 1], ownCPU: 4.7))
}

extension SQLSession {
    /// Inserts `rows` rows, numbered by `g` from 1, in transactions of `size`.
    func insert(into table: String, _ row: String, rows: Int, perTransaction size: Int) throws {
        try transactions(
            rows / size,
            "INSERT INTO \(table) SELECT \(row) FROM generate_series(i::bigint * \(size) + 1, (i::bigint + 1) * \(size)) g"
        )
    }

    /// Runs `statement`, in which `i` counts from 0, in `count` transactions.
    func transactions(_ count: Int, _ statement: String) throws {
        // The server's own loop: a round trip for each of 100,000 transactions would take longer than they do.
        try execute("DO $$ BEGIN FOR i IN 0..\(count - 1) LOOP \(statement); COMMIT; END LOOP; END $$")
    }
}

/// A workload in the WAL of a rig.
final class LoadedWorkload {
    let workload: Workload
    let changes: Int
    let publication: String
    let tables: [String]
    let topic: String
    let slot: String
    /// The end of the WAL when everything was written.
    let endLSN: String
    private let rig: Rig

    init(_ workload: Workload, changes: Int?, partitions: Int? = nil, in rig: Rig) throws {
        self.workload = workload
        self.rig = rig
        self.changes = changes ?? workload.changes
        let identifier = String(workload.name.map { $0 == "-" ? "_" : $0 })
        publication = "publication_\(identifier)"
        topic = "bench.\(workload.name)"
        slot = "source_\(identifier)"
        progress("writing \(self.changes.grouped) \(workload.title)")
        let session = rig.session
        tables = try workload.prepare(session, self.changes)
        try session.execute("CREATE PUBLICATION \(publication) FOR TABLE \(tables.joined(separator: ", "))")
        try session.execute("SELECT pg_create_logical_replication_slot('\(slot)', 'pgoutput')")
        try workload.fill(session, self.changes)
        endLSN = try session.value("SELECT pg_current_wal_lsn()") ?? "0/0"
        // Written back now, or it would be during the runs.
        try session.execute("CHECKPOINT")
        try rig.createTopic(topic, partitions: partitions)
    }

    /// Lets go of the slot, with the WAL that it holds, and of the tables.
    func drop() throws {
        try rig.dropSlot(slot)
        try rig.session.execute("DROP PUBLICATION \(publication)")
        for start in stride(from: 0, to: tables.count, by: 100) {
            let names = tables[start..<min(start + 100, tables.count)].joined(separator: ", ")
            try rig.session.execute("DROP TABLE IF EXISTS \(names) CASCADE")
        }
        try rig.session.execute("DROP TABLE IF EXISTS parted CASCADE")
        try rig.session.execute("CHECKPOINT")
    }
}
