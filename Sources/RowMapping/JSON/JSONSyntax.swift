/// Tells JSON from what is none. <https://www.rfc-editor.org/rfc/rfc8259>
enum JSONSyntax {
    /// How deep arrays and objects may lie in each other: many readers stop there.
    static let maxDepth = 512

    /// Whether the bytes are one JSON document, with or without blanks around it.
    ///
    /// Takes a time in proportion to their number, and no memory but the stack's.
    static func isDocument(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        withUnsafeTemporaryAllocation(of: JSONScanner.Container.self, capacity: maxDepth) { containers in
            var scanner = JSONScanner(bytes, count)
            var depth = 0
            // Each round reads one value that has nothing inside, or the beginning of one that has.
            while true {
                scanner.skipBlanks()
                if let container = scanner.begin() {
                    scanner.skipBlanks()
                    if !scanner.end(container) {
                        guard depth < maxDepth else { return false }
                        containers[depth] = container
                        depth += 1
                        guard container == .array || scanner.name() else { return false }
                        continue
                    }
                } else {
                    guard scanner.scalar() else { return false }
                }
                // Behind a value, which may be the last of its container, and this again.
                while true {
                    scanner.skipBlanks()
                    if depth == 0 { return scanner.isAtEnd }
                    let container = containers[depth - 1]
                    if scanner.skip(UInt8(ascii: ",")) {
                        scanner.skipBlanks()
                        guard container == .array || scanner.name() else { return false }
                        break
                    }
                    guard scanner.end(container) else { return false }
                    depth -= 1
                }
            }
        }
    }
}
