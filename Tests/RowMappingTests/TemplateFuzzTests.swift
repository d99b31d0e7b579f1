import Testing

@testable import RowMapping

/// Hostile templates and masks: an error or a value, never a trap. Each run is the same.
@Suite struct TemplateFuzzTests {
    private static let tokens = [
        "{", "}", "{{", "}}", "{column:", "|", ":", "\"", "\"\"", "lower}", "upper}", "|lower}", "{schema}", "{table}",
        "{operation}", "{column:id}", "{column:\"a}b\"}", "{column", "schema", "a", " ", "é", "🙂", "\u{301}", "\n",
        "\0",
    ]

    /// Checks what could be parsed, or where the error is; says whether it could.
    private func run(_ text: String) throws -> Bool {
        do throws(TemplateError) {
            let template = try Template.parse(text)
            #expect(template.text == text)
            #expect(try Template.parse(Self.print(template.parts)).parts == template.parts, "\(text)")
            for (part, following) in zip(template.parts, template.parts.dropFirst()) {
                if case (.text, .text) = (part, following) { Issue.record("two texts in a row: \(text)") }
            }
            #expect(!template.parts.contains(.text("")))
            return true
        } catch let error {
            #expect((0...text.unicodeScalars.count).contains(error.offset), "\(text)")
            return false
        }
    }

    /// The parts as a template, every column's name in quotes.
    private static func print(_ parts: [Template.Part]) -> String {
        parts.map { part in
            switch part {
            case .text(let text):
                String(
                    String.UnicodeScalarView(
                        text.unicodeScalars.flatMap { $0 == "{" || $0 == "}" ? [$0, $0] : [$0] }))
            case .field(let field): "{\(field.rawValue)}"
            case .column(let name, let letterCase):
                "{column:\""
                    + String(String.UnicodeScalarView(name.unicodeScalars.flatMap { $0 == "\"" ? [$0, $0] : [$0] }))
                    + "\"" + (letterCase.map { "|\($0.rawValue)" } ?? "") + "}"
            }
        }.joined()
    }

    @Test func randomBytesAreAnErrorOrATemplate() throws {
        var random = SeededRandom(seed: 41)
        for _ in 0..<10_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            _ = try run(String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test func randomTokensAreAnErrorOrATemplate() throws {
        var random = SeededRandom(seed: 42)
        var valid = 0
        for _ in 0..<30_000 {
            let text = (0..<Int.random(in: 0...10, using: &random))
                .map { _ in Self.tokens.randomElement(using: &random)! }.joined()
            if try run(text) { valid += 1 }
        }
        #expect(valid > 1000)
    }

    @Test func aValidTemplateCutOrChangedAnywhereIsAnErrorOrATemplate() throws {
        let valid = "cdc.{schema}.{{x}}.{column:region|lower}.{column:\"odd }\"\"näme\"|upper}{txOrdinal}é"
        let bytes = Array(valid.utf8)
        var random = SeededRandom(seed: 43)
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

    @Test(arguments: ["{{", "}}", "{", "{column:", "{column:\"", "{column:\"\"", "{schema}", "\"", "|"])
    func aTemplateOfTheGreatestLengthIsAnErrorOrATemplate(part: String) throws {
        _ = try run(String(repeating: part, count: Template.maxLength / part.utf8.count))
    }

    @Test func randomTextIsAnErrorOrAMask() {
        var random = SeededRandom(seed: 44)
        let pieces = [
            "redact", "sha256", "hmac-sha256", "last", "truncate", ":", "0", "1", "4", "1024", "99999999999999999999",
            "-", "+", " ", "\u{301}", "٤", "é", "\0", "x",
        ]
        var valid = 0
        for _ in 0..<30_000 {
            let text = (0..<Int.random(in: 0...4, using: &random))
                .map { _ in pieces.randomElement(using: &random)! }.joined()
            guard let mask = try? Mask.parse(text, key: MaskKey("key")) else { continue }
            valid += 1
            #expect((try? Mask.parse(mask.description, key: MaskKey("key"))) == mask, "\(text)")
        }
        #expect(valid > 500)
    }
}
