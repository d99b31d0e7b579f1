import Configuration
import Foundation
import Testing

/// Pairs of `x.bad.yaml` and `x.bad.expected`, the exact text that the operator sees.
///
/// With PQCDC_RECORD_FIXTURES=1 the expected texts are written instead of compared; read the difference.
@Suite struct FixtureTests {
    static let bad = Folders.names(in: Folders.fixtures, endingIn: ".bad.yaml")
    static let good = Folders.names(in: Folders.fixtures, endingIn: ".good.yaml")
    private static let isRecording = ProcessInfo.processInfo.environment["PQCDC_RECORD_FIXTURES"] == "1"

    @Test(arguments: bad) func aBadFileIsExplainedInTheseWords(_ name: String) throws {
        let result = try load(name)
        #expect(result.hasErrors)
        #expect(result.settings == nil)
        try compare(result, with: name)
    }

    @Test(arguments: good) func aGoodFileLoads(_ name: String) throws {
        let result = try load(name)
        #expect(result.errors == [])
        #expect(result.settings != nil)
        try compare(result, with: name)
    }

    @Test func noExpectedTextIsWithoutItsFile() {
        let files = Set((Self.bad + Self.good).map { $0.dropLast(".yaml".count) })
        for name in Folders.names(in: Folders.fixtures, endingIn: ".expected") {
            #expect(files.contains(name.dropLast(".expected".count)), "\(name)")
        }
        #expect(Self.bad.count > 20)
    }

    private func load(_ name: String) throws -> LoadResult {
        ConfigurationFile.parse(
            try Folders.bytes(of: name, in: Folders.fixtures), fileName: name, directory: Folders.fixtures.path,
            environment: Sample.environment)
    }

    /// A file without an expected text is to load without a word.
    private func compare(_ result: LoadResult, with name: String) throws {
        let path = Folders.fixtures.appending(path: name.dropLast(".yaml".count) + ".expected")
        if Self.isRecording, !result.diagnostics.isEmpty {
            try Data(result.rendered.utf8).write(to: path)
        }
        let expected = (try? Data(contentsOf: path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        #expect(result.rendered == expected)
    }
}
