import ArgumentParser
import Foundation
import Testing

@testable import pqcdc_kafka

/// Every command line in README.md, docs/ and scripts/ is one that the program takes.
@Suite struct DocumentedCommandTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// What stands behind `pqcdc-kafka` wherever a subcommand or `--version` follows, up to a backtick, a comma, a
    /// comment, a redirection or the line's end.
    private static func commandLines() throws -> Set<[String]> {
        var found: Set<[String]> = []
        let docs = root.appending(path: "docs")
        let names = try FileManager.default.contentsOfDirectory(atPath: docs.path).filter { $0.hasSuffix(".md") }
        for page in [root.appending(path: "README.md")] + names.map({ docs.appending(path: $0) }) {
            let text = try String(contentsOf: page, encoding: .utf8)
            for match in text.matches(
                of: /pqcdc-kafka ((?:run|validate|setup|snapshot|status|config|--version)\b[^`,#>\n]*)/)
            {
                found.insert(Self.words(match.1))
            }
        }
        return found
    }

    /// As a shell would split it, with double quotes and without anything else.
    private static func words(_ line: Substring) -> [String] {
        line.split(separator: "\"", omittingEmptySubsequences: false).enumerated().flatMap { index, part in
            index % 2 == 1 ? [String(part)] : part.split(separator: " ").map(String.init)
        }
    }

    @Test func theyParse() throws {
        let lines = try Self.commandLines()
        #expect(lines.count > 5)
        for line in lines where line != ["--version"] {
            #expect(throws: Never.self, "pqcdc-kafka \(line.joined(separator: " "))") {
                _ = try PqcdcKafka.parseAsRoot(line)
            }
        }
    }
}
