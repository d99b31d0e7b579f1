import Foundation
import Testing

/// Every line that wakes somebody says what to do.
@Suite struct AdviceTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")

    /// What stands between the parentheses of each call of `name`, with its file.
    private static func calls(of name: String) throws -> [(file: String, arguments: String)] {
        var calls: [(String, String)] = []
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for range in text.ranges(of: name) {
                var depth = 0
                let arguments = text[range.upperBound...].prefix { character in
                    if character == "(" { depth += 1 }
                    if character == ")" { depth -= 1 }
                    return depth > 0
                }
                calls.append((file.lastPathComponent, String(arguments)))
            }
        }
        return calls
    }

    @Test(arguments: ["logger.warning", "logger.error"]) func itComesWithAdvice(_ name: String) throws {
        let calls = try Self.calls(of: name)
        #expect(calls.count >= 3)
        for (file, arguments) in calls {
            // Metadata that is put together before the call is read where it is made.
            #expect(
                arguments.contains("\"advice\"") || arguments.contains("metadata: metadata"), "\(file): \(arguments)")
        }
    }
}
