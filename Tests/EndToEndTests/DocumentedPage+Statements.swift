import TestSupport

extension DocumentedPage {
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
