/// What the snapshots' tables look like, and what is in them before the first transaction.
enum RowFilling {
    /// Of every row that is there at the beginning.
    static let version: Int64 = 1
    /// The partitions of `parts` hold this many ids each.
    static let partitionSize: Int64 = 1_000_000_000
    static let partitions: Int64 = 3

    /// What the row of a number has at the beginning.
    static func row(_ number: Int64, of table: RowTable) -> (large: Int64, partition: Int64) {
        switch table {
        case .docs: (number % 2 == 0 ? version : 0, 0)
        case .parts: (0, number % partitions)
        case .small, .loose: (0, 0)
        }
    }

    /// How many rows each table gets. At scale 1 that is about 2 MB of records.
    static func counts(scale: Double) -> [RowTable: Int] {
        let counts: [RowTable: Double] = [.small: 2400, .docs: 900, .parts: 1500, .loose: 600]
        return counts.mapValues { Int($0 * max(scale, 0.5)) }
    }

    /// The id of a row in its own table.
    static func id(_ number: Int64, partition: Int64) -> Int64 { partition * partitionSize + number }

    /// A key as SQL writes it.
    static func sqlKey(_ table: RowTable, _ id: Int64) -> String {
        guard table == .docs else { return "\(id)" }
        let digits = String(id, radix: 16)
        return "'\(uuidPrefix)\(String(repeating: "0", count: 12 - digits.count))\(digits)'"
    }

    /// The id in a record's key.
    static func id(ofKey text: String, _ table: RowTable) -> Int64? {
        guard table == .docs else { return Int64(text) }
        guard text.hasPrefix(uuidPrefix) else { return nil }
        return Int64(text.dropFirst(uuidPrefix.count), radix: 16)
    }

    private static let uuidPrefix = "00000000-0000-4000-8000-"

    // MARK: Large values

    /// A large value as SQL makes it: it tells which version wrote it, and whether it is whole.
    ///
    /// - Parameter version: an SQL expression, or a number.
    static func sqlLarge(_ version: String) -> String {
        "\(version)::text || ':' || repeat('x', 2100 + \(version)::int % 5 * 100)"
    }

    /// The version that wrote the large value of a record; ``Change/damaged`` where it is not whole.
    static func version(ofLarge text: Substring) -> Int64 {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let version = Int64(parts[0]), parts[1].utf8.count == 2100 + version % 5 * 100,
            parts[1].utf8.allSatisfy({ $0 == UInt8(ascii: "x") })
        else { return Change.damaged }
        return version
    }

    // MARK: SQL

    /// Tables whose rows need several pages to be few: a column that no record carries fills them.
    static func schema(_ counts: [RowTable: Int]) -> String {
        let columns = "n bigint NOT NULL, version bigint NOT NULL, tx bigint NOT NULL"
        let ranges = (0..<partitions).map { partition in
            "CREATE TABLE parts_\(partition) PARTITION OF parts FOR VALUES FROM "
                + "(\(partition * partitionSize)) TO (\((partition + 1) * partitionSize)) WITH (fillfactor = 80);"
        }
        let pad = "repeat('p', 200)"
        func rows(_ table: RowTable) -> String { "generate_series(0, \((counts[table] ?? 0) - 1)) i" }
        return """
            CREATE TABLE small (id bigint PRIMARY KEY, \(columns), pad text) WITH (fillfactor = 50);
            CREATE INDEX ON small (n);
            CREATE TABLE docs (id uuid PRIMARY KEY, \(columns), big text, pad text) WITH (fillfactor = 90);
            ALTER TABLE docs ALTER COLUMN big SET STORAGE EXTERNAL;
            CREATE INDEX ON docs (n);
            CREATE TABLE parts (id bigint PRIMARY KEY, \(columns), pad text) PARTITION BY RANGE (id);
            \(ranges.joined(separator: "\n"))
            CREATE TABLE loose (id bigint NOT NULL, \(columns), pad text) WITH (fillfactor = 80);
            CREATE INDEX ON loose (id);
            ALTER TABLE loose REPLICA IDENTITY FULL;
            INSERT INTO small SELECT i, i, \(version), 0, \(pad) FROM \(rows(.small));
            INSERT INTO docs SELECT ('\(uuidPrefix)' || lpad(to_hex(i), 12, '0'))::uuid, i, \(version), 0,
                CASE WHEN i % 2 = 0 THEN \(sqlLarge("\(version)")) END, \(pad) FROM \(rows(.docs));
            INSERT INTO parts SELECT (i % \(partitions)) * \(partitionSize) + i, i, \(version), 0, \(pad)
                FROM \(rows(.parts));
            INSERT INTO loose SELECT i, i, \(version), 0, \(pad) FROM \(rows(.loose));
            """
    }

    /// Key, version, transaction and large value of every row.
    static func query(_ table: RowTable) -> String {
        switch table {
        case .docs:
            """
            SELECT id, version, tx, CASE WHEN big IS NULL THEN '0' ELSE split_part(big, ':', 1) END FROM docs
            """
        case .small, .parts, .loose: "SELECT id, version, tx, '0' FROM \(table.name)"
        }
    }
}
