import Figures
import TestSupport

/// Workloads that differ in one quantity.
struct GrowthFamily: Sendable {
    let name: String
    let title: String
    let xLabel: String
    /// The quantity's values, each with its workload; the topic's partitions are the rig's own unless given.
    let points: [Point]

    struct Point: Sendable {
        let x: Int
        let workload: Workload
        var partitions: Int?
    }

    static let all: [GrowthFamily] = [columns, rowSize, transactionSize, tables, partitions]

    private static let columns = GrowthFamily(
        name: "columns", title: "Columns of 10 bytes", xLabel: "columns",
        points: [1, 2, 5, 10, 20, 50, 100].map { count in
            let texts = (1..<count).map { "text_\($0) text NOT NULL" }
            let values = (1..<count).map { _ in "'0123456789'" }
            return .init(
                x: count,
                workload: simple(
                    "columns-\(count)", changes: max(40_000, min(300_000, 4_000_000 / count)),
                    columns: ["id bigint PRIMARY KEY"] + texts, row: ["g"] + values))
        })

    private static let rowSize = GrowthFamily(
        name: "row-size", title: "Bytes of one text column", xLabel: "bytes a row",
        points: [50, 200, 1000, 5000, 20_000, 100_000].map { size in
            .init(
                x: size,
                workload: simple(
                    "row-size-\(size)", changes: max(2000, min(300_000, 200_000_000 / size / 1000 * 1000)),
                    columns: ["id bigint PRIMARY KEY", "payload text NOT NULL"],
                    row: ["g", "repeat('0123456789', \(size / 10))"], perTransaction: size > 5000 ? 100 : 1000,
                    // As long in the WAL as on the wire, not compressed.
                    afterwards: "ALTER TABLE row_size_\(size) ALTER payload SET STORAGE EXTERNAL"))
        })

    private static let transactionSize = GrowthFamily(
        name: "transaction-size", title: "Rows a transaction", xLabel: "rows a transaction",
        points: [1, 10, 100, 1000, 10_000, 100_000].map { size in
            .init(
                x: size,
                workload: simple(
                    "transaction-size-\(size)", changes: size == 1 ? 100_000 : 300_000,
                    columns: narrowColumns, row: narrowRow, perTransaction: size))
        })

    private static let tables = GrowthFamily(
        name: "tables", title: "Tables that a transaction's rows alternate between", xLabel: "tables",
        points: [1, 10, 100, 1000].map { count in
            .init(
                x: count,
                workload: Workload(
                    name: "tables-\(count)", title: "rows spread over \(count) tables", changes: 300_000,
                    prepare: { session, _ in
                        // Partitions of one table, so that one statement reaches them all; each is published as itself.
                        try session.execute(
                            "CREATE TABLE parted (id bigint, payload text) PARTITION BY LIST ((id % \(count)))")
                        let names = (0..<count).map { "parted_\(count)_\($0)" }
                        for (index, name) in names.enumerated() {
                            try session.execute(
                                """
                                CREATE TABLE \(name) PARTITION OF parted FOR VALUES IN (\(index));
                                ALTER TABLE \(name) ADD PRIMARY KEY (id)
                                """)
                        }
                        return names
                    },
                    fill: { session, rows in
                        try session.insert(
                            into: "parted", "g, 'customer name number ' || g", rows: rows, perTransaction: 1000)
                    }))
        })

    private static let partitions = GrowthFamily(
        name: "partitions", title: "Partitions of the topic", xLabel: "partitions",
        points: [1, 4, 16, 64].map { count in
            .init(
                x: count,
                workload: simple("partitions-\(count)", changes: 300_000, columns: narrowColumns, row: narrowRow),
                partitions: count)
        })

    private static let narrowColumns = [
        "id bigint PRIMARY KEY", "account int NOT NULL", "name text NOT NULL", "amount numeric(12,2) NOT NULL",
        "active boolean NOT NULL", "updated_at timestamptz NOT NULL",
    ]
    private static let narrowRow = [
        "g", "g % 1000", "'customer name number ' || g", "(g % 100000)::numeric / 100", "g % 2 = 0",
        "'2026-01-01'::timestamptz + g * interval '1.000123 s'",
    ]

    private static func simple(
        _ name: String, changes: Int, columns: [String], row: [String], perTransaction: Int = 1000,
        afterwards: String = ""
    ) -> Workload {
        let table = String(name.map { $0 == "-" ? "_" : $0 })
        return Workload(
            name: name, title: "rows of \(table)",
            changes: changes / max(1000, perTransaction) * max(1000, perTransaction),
            prepare: { session, _ in
                try session.execute("CREATE TABLE \(table) (\(columns.joined(separator: ", "))); \(afterwards)")
                return [table]
            },
            fill: { session, count in
                try session.insert(
                    into: table, row.joined(separator: ", "), rows: count, perTransaction: perTransaction)
            })
    }
}
