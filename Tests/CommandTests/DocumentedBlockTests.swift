import Foundation
import TestSupport
import Testing

/// What README.md, CONTRIBUTING.md and docs/ show is there: shell blocks parse, targets and links exist.
@Suite struct DocumentedBlockTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let pages: [String] = {
        let docs = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: "docs").path)) ?? []
        return ["README.md", "CONTRIBUTING.md"] + docs.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
    }()

    private static func text(_ page: String) throws -> String {
        try String(contentsOf: root.appending(path: page), encoding: .utf8)
    }

    @Test(arguments: pages) func everyBlockIsOfAKindThatIsTested(_ page: String) throws {
        // YAML is loaded by ConfigurationTests, SQL executed by EndToEndTests; without a language it is a drawing.
        let known: Set<String> = ["yaml", "sql", "sh", ""]
        for block in try DocumentedPage(page).blocks { #expect(known.contains(block.language), "\(block.language)") }
    }

    @Test(arguments: pages) func everyShellBlockParses(_ page: String) throws {
        for block in try DocumentedPage(page).blocks where block.language == "sh" {
            let bash = Process()
            bash.executableURL = URL(filePath: "/bin/bash")
            bash.arguments = ["-n", "-c", block.text]
            try bash.run()
            bash.waitUntilExit()
            #expect(bash.terminationStatus == 0, "\(block.text)")
        }
    }

    @Test(arguments: pages) func everyTargetOfMakeExists(_ page: String) throws {
        let makefile = try Self.text("Makefile")
        let targets = try #require(makefile.firstMatch(of: /\n\.PHONY: (.*)\n/)).1.split(separator: " ")
        for match in try Self.text(page).matches(of: /(?:`|^|sudo |    )make ([a-z-]+)/.anchorsMatchLineEndings()) {
            #expect(targets.contains(match.1), "make \(match.1)")
        }
    }

    // MARK: Links

    /// The name by which a heading is linked to, as GitHub makes it.
    private static func anchor(_ heading: Substring) -> String {
        String(
            heading.lowercased().compactMap { character -> Character? in
                if character == " " { return "-" }
                return character.isLetter || character.isNumber || character == "-" || character == "_"
                    ? character : nil
            })
    }

    @Test(arguments: pages) func everyLinkLeadsSomewhere(_ page: String) throws {
        let folder = Self.root.appending(path: page).deletingLastPathComponent()
        for match in try Self.text(page).matches(of: /\]\(([^)\s#]*)(?:#([^)\s]+))?\)/) {
            let (path, fragment) = (String(match.1), match.2)
            guard !path.hasPrefix("http") else { continue }
            let target = path.isEmpty ? Self.root.appending(path: page) : folder.appending(path: path)
            #expect(FileManager.default.fileExists(atPath: target.path), "\(path)")
            guard let fragment, target.pathExtension == "md" else { continue }
            let headings = try String(contentsOf: target, encoding: .utf8)
                .matches(of: /^#+ (.+)$/.anchorsMatchLineEndings()).map { Self.anchor($0.1) }
            #expect(headings.contains(String(fragment)), "\(path)#\(fragment)")
        }
    }
}
