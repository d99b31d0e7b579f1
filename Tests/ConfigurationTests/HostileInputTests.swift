import Foundation
import Testing

@testable import Configuration

/// Whatever is given as the file, it ends in diagnostics, soon, and never in a trap.
@Suite struct HostileInputTests {
    private func load(_ bytes: [UInt8]) -> LoadResult {
        ConfigurationFile.parse(bytes, fileName: "hostile.yaml", environment: [:])
    }

    @Test(arguments: ["", "\n", "# only a comment\n", "---\n", "---\n...\n", "~\n", "\u{FEFF}"])
    func anEmptyFileIsSaidToBeEmpty(_ text: String) {
        #expect(load(Array(text.utf8)).rendered == "hostile.yaml:1:1: error: the file is empty\n")
    }

    @Test(arguments: ["[", "{a: ", "- ", "a:\n b:\n"])
    func nestingWithoutEndIsRefused(_ opening: String) {
        let bytes = Array(String(repeating: opening, count: 20_000).utf8)
        let result = load(bytes)
        #expect(result.settings == nil)
        #expect(!result.errors.isEmpty)
    }

    @Test func deepIndentationIsRefusedByItsDepth() {
        let text = (0..<400).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        #expect(load(Array(text.utf8)).errors == ["nested deeper than 32 levels"])
    }

    @Test func aliasesAreNotExpanded() {
        var text = "a0: &a0 [x, x]\n"
        for level in 1...60 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(load(Array(text.utf8)).errors.contains("aliases (*name) are not read here; write the value out"))
    }

    @Test func anUnsuitableFileIsNotListedForEver() {
        let text = (0..<50_000).map { "key\($0): 1\n" }.joined()
        let result = load(Array(text.utf8))
        #expect(result.diagnostics.count <= 101)
        #expect(result.errors.last?.hasSuffix("more errors and warnings are not shown") == true)
    }

    @Test func aLongLineIsCutAroundTheCaret() throws {
        let text = "{" + String(repeating: "memoryLimit : 32MiB, ", count: 20_000) + "}"
        let diagnostic = try #require(load(Array(text.utf8)).diagnostics.last { $0.excerpt != nil })
        #expect(try #require(diagnostic.excerpt).split(separator: "\n").allSatisfy { $0.count <= 120 })
    }

    @Test func aFileOfAGigabyteIsRefusedUnread() throws {
        try Folders.withTemporary(files: ["huge.yaml": ""]) { folder in
            let path = "\(folder)/huge.yaml"
            // Sparse: it takes no room on the disk, and would take a gigabyte in memory.
            try #require(truncate(path, 1 << 30) == 0)
            let start = ContinuousClock.now
            let result = ConfigurationFile.load(path: path, environment: [:])
            #expect(
                result.rendered
                    == "\(path):1:1: error: the configuration cannot be read: it is larger than 1mb\n")
            #expect(ContinuousClock.now - start < .seconds(1))
        }
    }

    @Test(arguments: [
        ("/no/such/file.yaml", "no such file or directory"), ("/etc", "it is a directory"),
        ("/dev/zero", "it is larger than 1mb"), ("/tmp/a\0b", "the path holds a NUL"),
    ])
    func aFileThatCannotBeReadIsNamedWithTheReason(_ path: String, _ reason: String) {
        let result = ConfigurationFile.load(path: path, environment: [:])
        #expect(result.settings == nil)
        #expect(result.errors == ["the configuration cannot be read: \(reason)"])
    }

    @Test(arguments: [
        "a\0b", "\u{1}", "cdc:\n  host: \u{1B}[31m", "\u{FEFF}\u{FEFF}cdc:", "? [a]\n: b", "? {a: b}\n: c",
        "!!python/object:os.system x", "&a *a", "*a", "<<: *a", "%YAML 9.9\n---\na", "cdc: |", "cdc: >9\n x", "'",
        "\"\\u",
        "\"\\ud800\"", "\"\\UFFFFFFFF\"", "- - - -", "a: b: c", "\t", "\r", "\u{85}", "cdc:\r\n  hots: 1\r\n",
        "\"\\0\": 1", "cdc: {\"\\0\": 1}", "mapping: {tables: {\"\\0\": {topic: \"\\0\"}}}",
    ])
    func oddTextsEndInErrors(_ text: String) {
        let result = load(Array(text.utf8))
        #expect(result.settings == nil)
        #expect(!result.errors.isEmpty)
        // A terminal must never obey what stands in the file.
        for scalar in result.rendered.unicodeScalars {
            #expect(scalar == "\n" || scalar.properties.generalCategory != .control)
        }
    }

    @Test(arguments: [[0xFF, 0xFE, 0x63, 0x00], [0x61, 0xC3], [0xED, 0xA0, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80]])
    func bytesThatAreNotUTF8AreRefused(_ bytes: [UInt8]) {
        #expect(load(bytes).errors.contains("the text is not valid UTF-8"))
    }
}
