import Foundation
import Testing

@testable import RowMapping

@Suite struct JSONSyntaxTests {
    private func isDocument(_ bytes: [UInt8]) -> Bool { JSONSyntax.isDocument(bytes + [0x22], bytes.count) }
    private func isDocument(_ text: String) -> Bool { isDocument(Array(text.utf8)) }

    static let documents = [
        "null", "true", "false", "0", "-0", "1", "-12", "1.5", "0.0", "1e9", "1E+9", "-1.25e-10", "1e0005",
        "123456789012345678901234567890", "\"\"", "\"a\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u0000\\uABcd\"",
        "\"\\ud83d\\ude00\"", "\"é日🙂\u{7F}\u{2028}\"", "[]", "{}", "[ ]", "{ }", "[1]", "[1,2]", "[[],{}]",
        "{\"a\":1}", "{\"a\":{\"b\":[]},\"c\":[{}]}", "{\"a\":1,\"a\":2}", "{\"\":null}",
        " \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : { } } \n",
    ]

    static let others = [
        "", " ", "nul", "nulll", "True", "nan", "Infinity", "undefined", "'a'", "a", "01", "-", "-a", "+1", ".5", "1.",
        "1.e5", "1e", "1e+", "1e1.5", "0x10", "1 2", "1,", "- 1", "00", "-01", "\"", "\"a", "a\"", "\"a\"b", "\"\\\"",
        "\"\\x41\"", "\"\\u12\"", "\"\\u123g\"", "\"\\U0041\"", "\"\t\"", "\"\n\"", "\"\u{0}\"", "\"\u{1F}\"", "[",
        "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1}", "[1]]", "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1",
        "{\"a\":1,", "{\"a\":1,}", "{,}", "{a:1}", "{\"a\" 1}", "{\"a\",1}", "{1:2}", "{\"a\":1 \"b\":2}", "{\"a\":1]",
        "{}{}", "[][]", "[:]", "{\"a\"::1}", "{null:1}", "// c\n1", "1 // c", "/**/1", "\u{FEFF}1", "\u{A0}1",
        "1\u{0}", "\u{B}1", "\u{C}1",
    ]

    @Test(arguments: documents) func aDocumentOfTheStandardIsOne(text: String) {
        #expect(isDocument(text))
    }

    @Test(arguments: others) func anythingElseIsNone(text: String) {
        #expect(!isDocument(text))
    }

    @Test func aContainerOrStringCutAnywhereIsNone() {
        let text = "{\"a\":[1.5e-3,true,null,{\"é🙂\\u00e9\\n\":\"x\"}],\"b\":{\"c\":[[]]}}"
        let bytes = Array(text.utf8)
        #expect(isDocument(bytes))
        for end in bytes.indices { #expect(!isDocument(Array(bytes[..<end]))) }
    }

    @Test(arguments: [[0x80], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xC3], [0xF4, 0x90, 0x80, 0x80]] as [[UInt8]])
    func aStringThatIsNoUTF8IsNone(bytes: [UInt8]) {
        #expect(!isDocument([0x22] + bytes + [0x22]))
        #expect(!isDocument(bytes))
    }

    /// As PostgreSQL's `json` and the grammar have it; many readers replace it.
    @Test func halfOfASurrogatePairInAnEscapeIsAllowed() {
        #expect(isDocument("\"\\ud800\""))
    }

    @Test func nestingIsAllowedUpToTheLimit() {
        func nested(_ open: String, _ inner: String, _ close: String, _ depth: Int) -> String {
            String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
        }
        let limit = JSONSyntax.maxDepth
        #expect(isDocument(nested("[", "1", "]", limit)))
        #expect(isDocument(nested("{\"a\":", "1", "}", limit)))
        #expect(!isDocument(nested("[", "1", "]", limit + 1)))
        #expect(!isDocument(nested("{\"a\":", "1", "}", limit + 1)))
        #expect(!isDocument(nested("[", "1", "]", 1_000_000)))
        #expect(!isDocument(String(repeating: "[", count: 1_000_000)))
    }

    @Test func aLimitOfDepthIsNoneOfLength() {
        #expect(isDocument("[" + String(repeating: "[],{},", count: 100_000) + "0]"))
    }

    // MARK: Against Foundation

    private func foundationAccepts(_ bytes: [UInt8]) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
    }

    /// Foundation refuses numbers beyond a double and halves of surrogate pairs, and lets a comma before a closing
    /// bracket pass, and no document at all.
    private func isJudgedOtherwiseByFoundation(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.contains(/[eE][+-]?[0-9]{3}/) || text.contains(/,[ \t\r\n]*[\]}]/) || text.contains(/^[ \t\r\n]*$/)
    }

    @Test func everyDocumentChangedAnywhereIsJudgedAsFoundationDoes() {
        var random = SeededRandom(seed: 23)
        let pool = Array("{}[]\",:\\ntrufalsebdE+-.0123456789 \t\n/é".utf8)
        let seeds = Self.documents.filter { !$0.contains("\\u") }.map { Array($0.utf8) }
        var documents = 0
        for _ in 0..<60_000 {
            var bytes = seeds.randomElement(using: &random)!
            for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes.remove(at: index)
                case 1: bytes[index] = pool.randomElement(using: &random)!
                default: bytes.insert(pool.randomElement(using: &random)!, at: index)
                }
            }
            let isOne = isDocument(bytes)
            if isOne { documents += 1 }
            if isOne != foundationAccepts(bytes), !isJudgedOtherwiseByFoundation(bytes) {
                Issue.record("\(isOne): \(String(decoding: bytes, as: UTF8.self))")
            }
        }
        // Otherwise all was broken beyond recognition.
        #expect(documents > 5000)
    }
}
