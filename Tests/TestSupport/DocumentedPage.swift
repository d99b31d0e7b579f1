/// A page of the documentation, for tests that do what it says.
public struct DocumentedPage {
    /// What stands between two fences.
    public struct Block {
        /// Empty where the page names none.
        public let language: String
        public let text: String
    }

    public let text: String
    public let blocks: [Block]

    /// Throws where a block has no end.
    ///
    /// - Parameter path: below the repository's folder.
    public init(_ path: String) throws {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        text = try TextFile.read("/\(root)/\(path)")
        var blocks: [Block] = []
        var open: (language: String, lines: [Substring])?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let block = open {
                if line == "```" {
                    blocks.append(Block(language: block.language, text: block.lines.joined(separator: "\n")))
                    open = nil
                } else {
                    open?.lines.append(line)
                }
            } else if line.hasPrefix("```") {
                open = (String(line.dropFirst(3)), [])
            }
        }
        guard open == nil else { throw HarnessError("a block of \(path) has no end") }
        self.blocks = blocks
    }

    /// The insides of its blocks in `language`.
    public func blocks(_ language: String) -> [String] {
        blocks.filter { $0.language == language }.map(\.text)
    }
}
