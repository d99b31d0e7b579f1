import Foundation
import TestSupport
import Testing

/// What a consumer has of a topic that keeps the last record of each key.
struct FoldedTopic {
    typealias Row = [String: String]

    /// By key.
    private(set) var rows: [String: Row] = [:]

    init(_ records: [ConsumedRecord]) throws {
        for record in records {
            let key = try #require(record.keyText)
            guard let value = record.value else {
                rows[key] = nil
                continue
            }
            var row = try Self.row(Data(value))
            // What an UPDATE leaves out, the consumer has already.
            if let header = record.header("pqcdc.unchangedToast") {
                let names = try #require(try JSONSerialization.jsonObject(with: Data(header.utf8)) as? [String])
                for name in names { row[name] = rows[key]?[name] ?? "(lost)" }
            }
            rows[key] = row
        }
    }

    /// The difference to the table, in words that hold no more than keys.
    ///
    /// - Parameters:
    ///   - query: returns of each row its key and its columns as JSON.
    ///   - mayLack: columns that a row of the topic need not have.
    func differences(from sql: SQLSession, _ query: String, mayLack: Set<String> = []) throws -> [String] {
        var table: [String: Row] = [:]
        for row in try sql.query(query) {
            table[try #require(row[0])] = try Self.row(Data(try #require(row[1]).utf8))
        }
        func text(_ what: String, _ keys: [String]) -> String? {
            keys.isEmpty ? nil : "\(keys.count) \(what): \(keys.sorted().prefix(5).joined(separator: ", "))"
        }
        return [
            text("rows are missing", table.keys.filter { rows[$0] == nil }),
            text("rows that were deleted are there", rows.keys.filter { table[$0] == nil }),
            text(
                "rows differ",
                table.keys.filter { key in
                    guard let found = rows[key], let expected = table[key] else { return false }
                    return expected.contains { name, value in
                        found[name].map { $0 != value } ?? !mayLack.contains(name)
                    }
                }),
        ].compactMap { $0 }
    }

    private static func row(_ json: Data) throws -> Row {
        let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        return object.mapValues { "\($0)" }
    }
}

extension Scene {
    /// Expects that the topic of `table (id, …)`, folded by key, is the table.
    func expectTopicIsTable(
        _ table: String, mayLack: Set<String> = [], log: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let topic = try FoldedTopic(consumer(table).recordsToEnd())
        let differences = try topic.differences(
            from: sql, "SELECT id::text, row_to_json(t)::text FROM \(table) t", mayLack: mayLack)
        #expect(differences == [], "\(table)\n\(log)", sourceLocation: sourceLocation)
    }
}
