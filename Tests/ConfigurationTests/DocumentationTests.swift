import Foundation
import TestSupport
import Testing

@testable import Configuration

/// README.md and docs/ say what the program says.
@Suite struct DocumentationTests {
    private static let root = Folders.configuration.deletingLastPathComponent()
    private static let pages: [String] =
        ["README.md"] + Folders.names(in: root.appending(path: "docs"), endingIn: ".md").map { "docs/\($0)" }

    private static func text(_ page: String) throws -> String {
        String(decoding: try Folders.bytes(of: page, in: root), as: UTF8.self)
    }

    // MARK: Keys

    /// The row that docs/configuration.md has for a key.
    private static func row(_ key: KeySpecification) -> String {
        let meaning = key.caution.map { "\(key.meaning) It \($0.text)." } ?? key.meaning
        let isMapping = KeyTable.all.contains { $0.path.hasPrefix(key.path + ".") }
        let value = value(key.type) + (isMapping ? ", or a mapping" : "")
        return "| `\(key.path)` | \(value) | \(otherwise(key.default)) | \(meaning) |"
    }

    private static func otherwise(_ value: KeySpecification.Default) -> String {
        switch value {
        case .required: "required"
        case .requiredToStream: "required to stream"
        case .value(let text): "`\(text)`"
        case .absent(let text): "none: \(text)"
        case .inherited: "what `mapping.defaults` says"
        }
    }

    private static func value(_ type: ValueType) -> String {
        switch type {
        case .text: "text"
        case .textOrEmpty: "text, or `\"\"`"
        case .boolean: "`true` or `false`"
        case .integer(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .duration(let range, _):
            "\(DurationText.format(range.lowerBound)) to \(DurationText.format(range.upperBound))"
        case .byteSize(let range), .byteRate(let range):
            "\(ByteSizeText.format(range.lowerBound)) to \(ByteSizeText.format(range.upperBound))"
        case .choice(let choices): choices.names.map { "`\($0)`" }.joined(separator: ", ")
        case .textList: "list of texts, or one text"
        case .choiceList(let choices): "list of " + choices.names.map { "`\($0)`" }.joined(separator: ", ")
        case .anything: "anything"
        }
    }

    @Test(arguments: KeyTable.all.map(\.path)) func everyKeyStandsInTheReferenceWithItsDefault(_ path: String) throws {
        let key = try #require(KeyTable.all.first { $0.path == path })
        let lines = try Self.text("docs/configuration.md").split(separator: "\n").map(String.init)
        let found = lines.filter { $0.hasPrefix("| `\(path)` |") }
        #expect(found == [Self.row(key)], "the row must be:\n\(Self.row(key))")
    }

    @Test func theReferenceHoldsNoOtherKey() throws {
        let known = Set(KeyTable.all.map(\.path))
        for line in try Self.text("docs/configuration.md").split(separator: "\n") where line.hasPrefix("| `") {
            let path = String(line.dropFirst(3).prefix { $0 != "`" })
            #expect(known.contains(path), "\(path)")
        }
    }

    // MARK: Blocks

    @Test(arguments: pages) func everyConfigurationOnAPageLoads(_ page: String) throws {
        let files = [
            "cdc-password": "a\n", "kafka-password": "b\n", "hmac-key": "c\n", "request-secret": "0123456789abcdef\n",
        ]
        try Folders.withTemporary(files: files) { credentials in
            for block in try DocumentedPage(page).blocks("yaml") {
                let result = ConfigurationFile.parse(
                    Array(block.utf8), fileName: page,
                    environment: ["CDC_PASSWORD": "x", "KAFKA_PASSWORD": "y", "CREDENTIALS_DIRECTORY": credentials])
                #expect(result.rendered == "", "\(block)")
            }
        }
    }

    @Test func theTutorialIsTheExample() throws {
        let example = String(decoding: try Folders.bytes(of: "tutorial.yaml", in: Folders.examples), as: UTF8.self)
        let block = try #require(try DocumentedPage("README.md").blocks("yaml").first)
        // Without its first line, a comment.
        #expect(example.split(separator: "\n").dropFirst().joined(separator: "\n") == block)
    }
}
