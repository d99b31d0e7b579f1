import ReplicationProtocol
import Testing

@testable import RowMapping

/// Hostile expressions: an error or a filter, never a trap. Each run is the same.
@Suite struct FilterFuzzTests {
    private static let table = FilteredTable([
        .key("id", 20), .plain("name", 25), .plain("amount", 1700), .plain("at", 1184), .plain("ok", 16),
    ])
    private static let rows: [[UInt8]] = [
        ChangeBytes.insert(["1", "a", "1.5", "2026-01-01 00:00:00+00", "t"]),
        ChangeBytes.update(.key(["1", nil, nil, nil, nil]), to: ["2", .unchangedTOAST, nil, "infinity", nil]),
        ChangeBytes.delete(.key(["1", nil, nil, nil, nil])),
    ]
    private static let tokens = [
        "id", "name", "amount", "at", "ok", "new", "old", "operation", "changed", "nope", "\"Q\"", "''", "'a'",
        "'%_'", "'\\'", "'2026-01-01T00:00:00Z'", "'insert'", "1", "-1.5", "1e9", "1e999999", "9999999999999999999999",
        "null", "true", "false", "and", "or", "not", "in", "is", "like", "between", "=", "<>", "<", "<=", ">", ">=",
        "!=", "(", ")", ",", ".", "'", "\"", "é", "&", "+",
    ]

    /// Judges every row by what could be parsed and bound; says whether it could.
    private func run(_ text: String) throws -> Bool {
        let plan: FilterPlan
        do throws(FilterError) {
            plan = try Self.table.plan(text)
        } catch {
            #expect((0...text.unicodeScalars.count).contains(error.offset))
            return false
        }
        for row in Self.rows { _ = try plan.passes(row) }
        return true
    }

    @Test func randomBytesAreAnErrorOrAFilter() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<10_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            _ = try run(String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test func randomTokensAreAnErrorOrAFilter() throws {
        var random = SeededRandom(seed: 2)
        var valid = 0
        for _ in 0..<30_000 {
            let count = Int.random(in: 0...12, using: &random)
            let text = (0..<count).map { _ in Self.tokens.randomElement(using: &random)! }
                .joined(separator: Bool.random(using: &random) ? " " : "")
            if try run(text) { valid += 1 }
        }
        // Otherwise the rows are not reached.
        #expect(valid > 10)
    }

    @Test func aValidFilterCutOrChangedAnywhereIsAnErrorOrAFilter() throws {
        let valid =
            "not (name like 'A%\\_x' or ok) and id in (1, 2.5) and \"at\" >= '2026-01-01T00:00:00Z' "
            + "or amount between -1 and 'NaN' or changed(id) and old.id <> new.id or (ok is not true) is false"
        let bytes = Array(valid.utf8)
        var random = SeededRandom(seed: 3)
        #expect(try run(valid))
        for index in bytes.indices {
            _ = try run(String(decoding: bytes[..<index], as: UTF8.self))
            for _ in 0..<20 {
                var changed = bytes
                changed[index] = UInt8.random(in: 0x20...0x7E, using: &random)
                _ = try run(String(decoding: changed, as: UTF8.self))
            }
        }
    }

    @Test(arguments: ["(", "not ", "((not ", "changed(", "id in (", "(ok) is true and (", "\"", "'"])
    func endlessNestingIsAnError(part: String) throws {
        #expect(try !run(String(repeating: part, count: FilterExpression.maxLength / part.utf8.count)))
    }

    @Test(arguments: [" or ", " and "])
    func aLongChainIsNoDeepTree(joint: String) throws {
        #expect(try run((0..<2000).map { _ in "ok" }.joined(separator: joint)))
    }

    @Test func nestingUpToTheLimitIsAFilter() throws {
        let depth = FilterParser.maxDepth
        #expect(try run(String(repeating: "(", count: depth) + "ok" + String(repeating: ")", count: depth)))
        #expect(try run(String(repeating: "not ", count: depth) + "ok"))
        #expect(try !run(String(repeating: "not ", count: depth + 1) + "ok"))
    }
}
