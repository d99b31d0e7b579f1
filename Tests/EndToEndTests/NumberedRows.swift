import TestSupport
import Testing

/// Rows `(seq, k)` with seq counting up, so that a consumer's records tell what is missing, repeated or out of order.
struct NumberedRows {
    static let schema = "CREATE TABLE rows (seq bigint PRIMARY KEY, k int NOT NULL)"
    static let rules = ["rows": "{key: [k]}"]
    static let keys = 20

    /// SQL that inserts rows behind `last` up to `end`, in one transaction.
    static func insert(after last: Int, upTo end: Int) -> String {
        "INSERT INTO rows SELECT i, i % \(keys) FROM generate_series(\(last + 1), \(end)) i"
    }

    /// The same in transactions of `size` rows each.
    static func insert(after last: Int, upTo end: Int, inTransactionsOf size: Int) -> String {
        """
        DO $$ BEGIN
            FOR start IN \(last)..\(end - 1) BY \(size) LOOP
                INSERT INTO rows SELECT i, i % \(keys) FROM generate_series(start + 1, LEAST(start + \(size), \(end))) i;
                COMMIT;
            END LOOP;
        END $$
        """
    }

    /// The sequence number in a record's value.
    static func number(_ record: ConsumedRecord) -> Int? {
        guard let value = record.valueText, value.hasPrefix(#"{"seq":"#) else { return nil }
        return Int(value.dropFirst(7).prefix { $0 != "," })
    }

    /// Expects 1 to `count`, each at least once, in order within each key once repeats are left out.
    static func expectComplete(
        _ records: [ConsumedRecord], count: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var seen = Set<Int>()
        var last: [String: Int] = [:]
        var disorder = 0
        for record in records {
            guard let number = number(record), seen.insert(number).inserted else { continue }
            let key = record.keyText ?? "-"
            if number < last[key, default: 0] { disorder += 1 }
            last[key] = number
        }
        let missing = Set(1...count).subtracting(seen)
        #expect(missing.isEmpty, "\(missing.count) rows are missing", sourceLocation: sourceLocation)
        #expect(seen.count == count, "rows arrived that were never written", sourceLocation: sourceLocation)
        #expect(disorder == 0, "within a key, rows came out of order", sourceLocation: sourceLocation)
    }

    /// Expects 1 to `count`, each exactly once.
    static func expectExactly(
        _ records: [ConsumedRecord], count: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expectComplete(records, count: count, sourceLocation: sourceLocation)
        #expect(records.count == count, "rows arrived twice", sourceLocation: sourceLocation)
    }
}
