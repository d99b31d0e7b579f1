import Foundation
import Testing

@testable import Configuration

/// `config/pqcdc-kafka.yaml` and the code's own list say the same.
@Suite struct ReferenceFileTests {
    /// A line of the file that gives a key, commented out or not.
    private struct Line {
        var value: String
        var comment: String
        var meaning: String
    }

    private static func text() throws -> String {
        String(decoding: try Folders.bytes(of: "pqcdc-kafka.yaml", in: Folders.configuration), as: UTF8.self)
    }

    /// The file with every commented-out key put to use: `#key` without a space is one.
    static func everythingInUse() throws -> String {
        try text().split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let body = line.drop { $0 == " " }
            guard body.first == "#", let next = body.dropFirst().first, next != " " else { return String(line) }
            return String(line.prefix(line.count - body.count)) + body.dropFirst()
        }.joined(separator: "\n")
    }

    /// The file without the single values of keys that it also shows as a mapping: both cannot stand in one file.
    static func mappingsInUse() throws -> String {
        let both = KeyTable.all.map(\.path).filter { path in KeyTable.all.contains { $0.path.hasPrefix(path + ".") } }
        let names = Set(both.compactMap { KeyTable.components(of: $0).last })
        return try everythingInUse().split(separator: "\n", omittingEmptySubsequences: false).filter { line in
            let words = line.drop { $0 == " " }.split(separator: ":", maxSplits: 1)
            return words.count < 2 || !names.contains(String(words[0]))
        }.joined(separator: "\n")
    }

    private static let lines = Result { try readLines() }

    private static func readLines() throws -> [String: [Line]] {
        let text = try everythingInUse()
        let source = SourceText(Array(text.utf8))
        let collector = DiagnosticCollector(fileName: "pqcdc-kafka.yaml", source: source)
        let root = try #require(
            ConfigurationFile.tree(Array(text.utf8), source: source, collector: collector),
            "\(collector.diagnostics().map(\.rendered))")
        let rows = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var lines: [String: [Line]] = [:]
        visit(root, keys: KeyTable.root, path: "") { path, node, keyLine in
            let row = rows[keyLine - 1]
            let comment = row.firstRange(of: " # ").map { String(row[$0.upperBound...]) } ?? ""
            let above = rows[keyLine - 2].drop { $0 == " " }
            var value = ""
            if case .scalar(let text, _) = node.content { value = text }
            lines[path, default: []].append(
                Line(value: value, comment: comment, meaning: String(above.dropFirst(2))))
        }
        return lines
    }

    private static func visit(
        _ node: YAMLNode, keys: KeyNode?, path: String, line: Int = 0,
        _ body: (String, YAMLNode, Int) -> Void
    ) {
        switch node.content {
        case .mapping(let entries) where keys?.isMapping ?? true:
            for (key, value) in entries {
                guard case .scalar(let name, _) = key.content else { continue }
                let isOurs = keys?.children[name] != nil
                let part = isOurs || keys?.anyName == nil ? name : "*"
                visit(
                    value, keys: keys?.child(name), path: path.isEmpty ? part : "\(path).\(part)",
                    line: key.start.line, body)
            }
        case .sequence(let items) where keys?.item != nil:
            for item in items { visit(item, keys: keys?.item, path: "\(path)[]", line: line, body) }
        default:
            body(path, node, line)
        }
    }

    @Test func itLoadsAsItStands() throws {
        let path = Folders.configuration.appending(path: "pqcdc-kafka.yaml").path
        let result = ConfigurationFile.load(path: path, environment: ["CDC_PASSWORD": "x"])
        #expect(result.rendered == "")
        #expect(result.settings != nil)
    }

    @Test func itHoldsEveryKeyOnceAndNoOther() throws {
        let lines = try Self.lines.get()
        #expect(lines.keys.sorted() == KeyTable.all.map(\.path).sorted())
        for (path, found) in lines { #expect(found.count == 1, "\(path)") }
    }

    @Test(arguments: KeyTable.all.map(\.path)) func itShowsTheKeysDefaultAndMeaning(_ path: String) throws {
        let specification = try #require(KeyTable.all.first { $0.path == path })
        let line = try #require(try Self.lines.get()[path]?.first)
        #expect(line.meaning == specification.meaning)
        switch specification.default {
        case .value(let text):
            #expect(line.value == text)
            #expect(line.comment == "")
        case .required, .requiredToStream:
            #expect(line.comment == "required")
        case .absent(let otherwise):
            let kind = if case .anything = specification.type { "no effect" } else { "example" }
            #expect(line.comment == "\(kind): without, \(otherwise)")
        case .inherited:
            #expect(line.comment == "example: without, what mapping.defaults says")
        }
    }

    @Test(arguments: [false, true]) func theExamplesInItAreValuesOfTheirKeys(withMappings: Bool) throws {
        let text = try withMappings ? Self.mappingsInUse() : Self.everythingInUse()
        let result = Sample.load(
            text,
            environment: [
                "CDC_PASSWORD": "x", "KAFKA_PASSWORD": "y", "HMAC_KEY": "z", "REQUEST_SECRET": "0123456789abcdef",
            ])
        // What cannot stand together in one file, and the paths that this machine does not have.
        var expected = ["both given", "cannot be read", "needs replicaIdentity", "has both columns and number"]
        if !withMappings { expected.append("is given twice") }
        for error in result.errors {
            #expect(expected.contains { error.contains($0) }, "\(error)")
        }
    }
}
