import Testing

@testable import RowMapping

@Suite struct FilterLikeTests {
    @Test(
        arguments: [
            ("", "", true), ("a", "", false), ("", "%", true), ("", "_", false), ("abc", "abc", true),
            ("abc", "ab", false), ("abc", "a%", true), ("abc", "%c", true), ("abc", "%b%", true), ("abc", "a_c", true),
            ("abc", "a__c", false), ("abc", "%%", true), ("abc", "____", false), ("abc", "_%_", true),
            ("aXbXc", "a%X_", true), ("mississippi", "%iss%ip%", true), ("mississippi", "%iss%iss%iss%", false),
            ("é", "_", true), ("é", "__", false), ("🙂x", "_x", true), ("aé", "%_", true), ("é", "%__", false),
            ("日本語", "_本_", true), ("A_x", "A\\_x", true), ("Abx", "A\\_x", false), ("A%", "A\\%", true),
            ("Ab", "A\\%", false), ("a\\b", "a\\\\b", true), ("abc", "\\abc", true), ("Abc", "abc", false),
        ])
    func aPatternMatchesAsInSQL(text: String, pattern: String, expected: Bool) throws {
        #expect(try matches(text, pattern) == expected)
    }

    @Test func patternsMatchAsARecursiveMatcherSays() throws {
        var random = SeededRandom(seed: 11)
        func pick(_ from: [Character], upTo limit: Int) -> [Character] {
            (0..<Int.random(in: 0...limit, using: &random)).map { _ in from.randomElement(using: &random)! }
        }
        for _ in 0..<5000 {
            let text = pick(["a", "b", "é"], upTo: 8)
            let pattern = pick(["a", "b", "é", "%", "_"], upTo: 6)
            #expect(
                try matches(String(text), String(pattern)) == Self.reference(text[...], pattern[...]),
                "\(String(text)) like \(String(pattern))")
        }
    }

    @Test func aHostilePatternTakesNoExponentialTime() throws {
        let text = String(repeating: "a", count: 20_000)
        #expect(try !matches(text, String(repeating: "%a", count: 50) + "b"))
    }

    private func matches(_ text: String, _ pattern: String) throws -> Bool {
        let compiled = try #require(LikePattern.compile(pattern))
        return Array(text.utf8).withUnsafeBufferPointer { text in
            compiled.withUnsafeBufferPointer { LikePattern.matches(text, $0) }
        }
    }

    private static func reference(_ text: ArraySlice<Character>, _ pattern: ArraySlice<Character>) -> Bool {
        guard let wanted = pattern.first else { return text.isEmpty }
        if wanted == "%" {
            return reference(text, pattern.dropFirst()) || !text.isEmpty && reference(text.dropFirst(), pattern)
        }
        guard let first = text.first else { return false }
        return (wanted == "_" || wanted == first) && reference(text.dropFirst(), pattern.dropFirst())
    }
}
