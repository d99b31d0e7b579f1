import TestSupport

/// A page of the documentation, for tests that do what it says.
struct DocumentedPage {
    private let text: String

    /// - Parameter path: below the repository's folder.
    init(_ path: String) throws {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        text = try TextFile.read("/\(root)/\(path)")
    }

    /// The insides of its blocks in `language`.
    func blocks(_ language: String) -> [String] {
        var blocks: [String] = []
        var open: [Substring]?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let lines = open {
                if line == "```" {
                    blocks.append(lines.joined(separator: "\n"))
                    open = nil
                } else {
                    open = lines + [line]
                }
            } else if line == "```\(language)" {
                open = []
            }
        }
        return blocks
    }

    /// The statements of its SQL blocks, in order; one by one, since some do not run in a transaction block.
    var statements: [String] {
        blocks("sql").flatMap { block in
            var statements: [String] = []
            var open: [Substring] = []
            for line in block.split(separator: "\n") {
                open.append(line)
                guard line.hasSuffix(";") else { continue }
                statements.append(open.joined(separator: "\n"))
                open = []
            }
            return open.isEmpty ? statements : statements + [open.joined(separator: "\n")]
        }
    }
}
