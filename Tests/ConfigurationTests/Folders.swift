import Foundation

/// The files of the repository that the tests read, found from this file's own place.
enum Folders {
    static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    static let fixtures = tests.appending(path: "Fixtures")
    static let configuration = tests.deletingLastPathComponent().deletingLastPathComponent().appending(path: "config")
    static let examples = configuration.appending(path: "examples")

    /// The names of the files in a folder that end in `suffix`, in order.
    static func names(in folder: URL, endingIn suffix: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(suffix) }.sorted()
    }

    static func bytes(of name: String, in folder: URL) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: name)))
    }

    /// A fresh folder with the given files, for the length of `body`.
    static func withTemporary<Result>(
        files: [String: String] = [:], _ body: (String) throws -> Result
    ) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pqcdc-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files {
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
        return try body(folder.path)
    }
}
