import Foundation
import Testing

/// Texts that stand in files beside the tests, to be read by people and compared by tests.
enum Golden {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    /// Compares `text` with the file, or writes it where `PQCDC_WRITE_GOLDEN` is set: read what changed before you
    /// commit it.
    static func expect(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = folder.appending(path: "\(name).golden")
        if ProcessInfo.processInfo.environment["PQCDC_WRITE_GOLDEN"] != nil {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        #expect(text == golden, "\(name).golden", sourceLocation: sourceLocation)
    }
}
