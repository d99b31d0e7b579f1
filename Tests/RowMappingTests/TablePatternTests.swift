import Glibc
import Testing

@testable import RowMapping

@Suite struct TablePatternTests {
    private func matches(_ pattern: (String, String), _ schema: String, _ name: String) -> Bool {
        TablePattern(schema: pattern.0, name: pattern.1).matches(TableName(schema: schema, name: name))
    }

    // MARK: Globs

    @Test(arguments: [
        ("*", "orders", true), ("*", "", true), ("", "", true), ("", "a", false), ("orders", "orders", true),
        ("orders", "Orders", false), ("orders", "order", false), ("order", "orders", false), ("order?", "orders", true),
        ("order?", "order", false), ("?", "é", true), ("?", "🙂", true), ("?", "", false), ("or*", "orders", true),
        ("*ers", "orders", true), ("*rd*", "orders", true), ("o*s", "orders", true), ("o*x", "orders", false),
        ("*a*b*", "xaxbx", true), ("*a*b*", "xbxax", false), ("a?c*", "abcd", true), ("**", "x", true),
        ("*?", "", false), ("*iss*ip*", "mississippi", true), ("*.b", "a.b", true), ("e?", "e\u{301}", true),
        ("é", "e\u{301}", false), ("[a]", "a", false), ("a\\*", "a*", false), ("a\0b", "a\0b", true),
        ("a", "a\0b", false),
    ])
    func aGlobMatchesTheWholeName(pattern: String, name: String, isExpected: Bool) {
        #expect(matches(("*", pattern), "public", name) == isExpected)
        #expect(matches((pattern, "*"), name, "orders") == isExpected)
    }

    @Test func aWildcardDoesNotReachBeyondItsPart() {
        #expect(matches(("tenant_*", "orders"), "tenant_1", "orders"))
        #expect(!matches(("*", "b"), "a", "a.b"))
        #expect(!matches(("tenant_*", "orders"), "tenant_1", "order_lines"))
    }

    @Test func globsMatchAsARecursiveMatcherSays() {
        var random = SeededRandom(seed: 31)
        func pick(_ from: [Character], upTo limit: Int) -> [Character] {
            (0..<Int.random(in: 0...limit, using: &random)).map { _ in from.randomElement(using: &random)! }
        }
        for _ in 0..<5000 {
            let text = pick(["a", "b", "é"], upTo: 8)
            let pattern = pick(["a", "b", "é", "*", "?"], upTo: 6)
            let isMatched = matches(("p", String(pattern)), "p", String(text))
            #expect(isMatched == Self.reference(text[...], pattern[...]), "\(String(text)) like \(String(pattern))")
        }
    }

    @Test func aHostileGlobTakesNoExponentialTime() {
        let name = String(repeating: "a", count: 20_000)
        #expect(!matches(("*", String(repeating: "*a", count: 50) + "b"), "public", name))
    }

    private static func reference(_ text: ArraySlice<Character>, _ pattern: ArraySlice<Character>) -> Bool {
        guard let wanted = pattern.first else { return text.isEmpty }
        if wanted == "*" {
            return reference(text, pattern.dropFirst()) || !text.isEmpty && reference(text.dropFirst(), pattern)
        }
        guard let first = text.first else { return false }
        return (wanted == "?" || wanted == first) && reference(text.dropFirst(), pattern.dropFirst())
    }

    // MARK: Expressions

    @Test(arguments: [
        (#"public\.orders"#, "public.orders", true), (#"public\.order"#, "public.orders", false),
        (#"blic\.orders"#, "public.orders", false), (#"public\.(orders|users)"#, "public.users", true),
        (#"public\.orders|shop\.users"#, "public.orders", true), (#"public\.o|public\.orders"#, "public.orders", true),
        (#"^public\..*$"#, "public.orders", true), (#"tenant_[0-9]+\..*"#, "tenant_12.orders", true),
        (#"tenant_[0-9]+\..*"#, "tenant_x.orders", false), (#"(a)\.\1"#, "a.a", true), (#"(a|b)\.\1"#, "a.b", false),
        (".*", "größe.ä", true), (#"größe\..*"#, "größe.ä", true), (#"größe\.."#, "größe.ä", false),
        (#"a\.b.c"#, "a.b\nc", true), (".*", "a.b\0c", false), ("", "a.b", false), (".*Orders", "public.orders", false),
    ])
    func anExpressionMatchesTheWholeName(expression: String, table: String, isExpected: Bool) throws {
        let parts = table.split(separator: ".")
        let name = TableName(schema: String(parts[0]), name: String(parts[1]))
        #expect(try TablePattern(expression: expression).matches(name) == isExpected)
    }

    @Test(arguments: [
        ("a)|(b", "Unmatched ( or \\("), ("(", "Unmatched ( or \\("), ("[a", "Unmatched [, [^, [:, [., or [="),
        ("*", "Invalid preceding regular expression"), ("a{2,1}", "Invalid content of \\{\\}"),
        ("a\\", "Trailing backslash"), ("[[:word:]]", "Invalid character class name"),
        (String(repeating: "(", count: 100_000), "Longer than 1024 bytes"), ("a\0b", "Holds a NUL"),
    ])
    func whatIsNoExpressionIsRefusedWithTheReason(expression: String, reason: String) throws {
        let error = try #require(throws: TablePatternError.self) { try TablePattern(expression: expression) }
        #expect(error.reason == reason)
    }

    @Test func parenthesesAsDeepAsTheLengthAllowsOverflowNothing() throws {
        let depth = TablePattern.maxExpressionLength / 2 - 1
        let expression = String(repeating: "(", count: depth) + ".*" + String(repeating: ")", count: depth)
        #expect(try TablePattern(expression: expression).matches(TableName(schema: "a", name: "b")))
    }

    @Test func anExpressionMatchesAsWithAnchors() throws {
        var random = SeededRandom(seed: 32)
        let pieces = ["a", "b", ".", "\\.", "(", ")", "|", "*", "+", "?", "[ab]", "a{1,2}", "^", "$", "()"]
        var matched = 0
        for _ in 0..<20_000 {
            let expression = (0..<Int.random(in: 1...8, using: &random))
                .map { _ in pieces.randomElement(using: &random)! }.joined()
            // A closing parenthesis without its opening one stands for itself, and would not between parentheses.
            guard let pattern = try? TablePattern(expression: expression), Self.isBalanced(expression) else { continue }
            let schema = ["a", "ab", "b"].randomElement(using: &random)!
            let name = ["a", "b", "aab", "ba"].randomElement(using: &random)!
            let isMatched = pattern.matches(TableName(schema: schema, name: name))
            if isMatched { matched += 1 }
            #expect(isMatched == Self.isAnchoredMatch(expression, "\(schema).\(name)"), "\(expression)")
        }
        #expect(matched > 50)
    }

    private static func isBalanced(_ expression: String) -> Bool {
        var depth = 0
        for character in expression where depth >= 0 {
            depth += character == "(" ? 1 : character == ")" ? -1 : 0
        }
        return depth == 0
    }

    private static func isAnchoredMatch(_ expression: String, _ text: String) -> Bool {
        var compiled = regex_t()
        guard regcomp(&compiled, "^(\(expression))$", REG_EXTENDED | REG_NOSUB) == 0 else { return false }
        defer { regfree(&compiled) }
        return regexec(&compiled, text, 0, nil, 0) == 0
    }

    // MARK: Which decides

    @Test(arguments: [
        (("public", "orders_*"), ("public", "*")), (("public", "*"), ("*", "*")), (("tenant_1", "*"), ("*", "orders")),
        (("public", "a?"), ("public", "a*")), (("public", "a??"), ("public", "a*")),
        (("public", "a?*"), ("public", "a*")),
        (("public", "a*b"), ("public", "*a*b*")),
    ])
    func theMoreSpecificGlobDecides(specific: (String, String), general: (String, String)) {
        let first = TablePattern(schema: specific.0, name: specific.1)
        let second = TablePattern(schema: general.0, name: general.1)
        #expect(first.isMoreSpecific(than: second))
        #expect(!second.isMoreSpecific(than: first))
        #expect(!first.isMoreSpecific(than: first))
    }

    @Test func anyGlobDecidesBeforeAnExpression() throws {
        let glob = TablePattern(schema: "*", name: "*")
        let expression = try TablePattern(expression: #"public\.orders"#)
        #expect(glob.isMoreSpecific(than: expression))
        #expect(!expression.isMoreSpecific(than: glob))
        #expect(!expression.isMoreSpecific(than: expression))
    }

    @Test func patternsOfTheSameRankKeepTheFilesOrder() throws {
        let patterns = try ["a.*", "b.*", "c.*"].map { try TablePattern(expression: $0) }
        let rules = MappingRules(
            tables: [:], patterns: patterns.map { PatternRule(pattern: $0, rule: TableRule(topic: "t")) })
        #expect(rules.patterns.map(\.pattern) == patterns)
    }

    @Test func aPatternIsPrintedAsItIsWritten() throws {
        #expect(TablePattern(schema: "tenant_*", name: "orders").description == "tenant_*.orders")
        #expect(try TablePattern(expression: "a|b").description == "~a|b")
    }
}
