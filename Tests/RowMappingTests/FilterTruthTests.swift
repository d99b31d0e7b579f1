import Testing

@testable import RowMapping

/// SQL's three-valued logic, which the compiler turns into steps that know two.
@Suite struct FilterTruthTests {
    /// Three boolean columns, called by what they hold.
    private static let table = FilteredTable([.key("t", 16), .plain("f", 16), .plain("u", 16)])
    private static let row: [ChangeBytes.Value] = ["t", "f", nil]

    /// Whether `condition` is true, false and unknown, by three filters.
    private func truth(of condition: String) throws -> Bool? {
        let isTrue = try Self.table.passes(condition, inserting: Self.row)
        let isFalse = try Self.table.passes("not (\(condition))", inserting: Self.row)
        #expect(!(isTrue && isFalse))
        return isTrue ? true : isFalse ? false : nil
    }

    @Test(
        arguments: [
            ("t and t", true), ("t and f", false), ("t and u", nil), ("f and u", false), ("u and u", nil),
            ("u and f", false), ("u and t", nil), ("t or u", true), ("f or u", nil), ("u or t", true), ("u or u", nil),
            ("u or f", nil), ("f or f", false), ("not u", nil), ("not t", false), ("u is null", true),
            ("u is true", false), ("u is not true", true), ("u is false", false), ("not (u and f)", true),
            ("u = true", nil), ("u <> f", nil), ("t <> f", true), ("(u and t) is not false", true),
        ] as [(String, Bool?)])
    func aConditionIsWhatSQLSays(condition: String, expected: Bool?) throws {
        #expect(try truth(of: condition) == expected)
    }

    @Test func randomConditionsAreWhatAReferenceSays() throws {
        var random = SeededRandom(seed: 5)
        for _ in 0..<3000 {
            let (text, expected) = Self.condition(depth: 5, &random)
            #expect(try truth(of: text) == expected, "\(text)")
        }
    }

    /// A condition and what Kleene's tables say of it.
    private static func condition(depth: Int, _ random: inout SeededRandom) -> (String, Bool?) {
        guard depth > 0 else {
            return ([("t", true), ("f", false), ("u", nil)] as [(String, Bool?)]).randomElement(using: &random)!
        }
        let (left, a) = condition(depth: Int.random(in: 0..<depth, using: &random), &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return ("not (\(left))", a.map { !$0 })
        case 1:
            let value = Bool.random(using: &random)
            return ("((\(left)) is \(value))", a == value)
        case 2:
            let (right, b) = condition(depth: depth - 1, &random)
            return ("(\(left)) and (\(right))", a == false || b == false ? false : a == nil || b == nil ? nil : true)
        default:
            let (right, b) = condition(depth: depth - 1, &random)
            return ("(\(left)) or (\(right))", a == true || b == true ? true : a == nil || b == nil ? nil : false)
        }
    }
}
