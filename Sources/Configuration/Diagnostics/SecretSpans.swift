/// The parts of the file that hold a secret, known from its parsed structure.
struct SecretSpans {
    private var spans: [(from: SourcePosition, to: SourcePosition)] = []

    mutating func insert(from: SourcePosition, to: SourcePosition) { spans.append((from, to)) }

    /// The ranges of indices into `line`, the text of line `number`, that are secret; apart and in order.
    func ranges(inLine number: Int, text line: [Unicode.Scalar]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        for span in spans where span.from.line <= number && number <= span.to.line {
            let from = span.from.line == number ? min(span.from.column - 1, line.count) : 0
            var to = span.to.line == number ? min(span.to.column - 1, line.count) : line.count
            to = endOfComment(in: line, after: to)
            while to > from, line[to - 1] == " " { to -= 1 }
            if from < to { ranges.append(from..<to) }
        }
        return ranges.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { merged, range in
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
    }

    /// A comment behind a password often is the previous password.
    private func endOfComment(in line: [Unicode.Scalar], after end: Int) -> Int {
        let rest = line[end...].drop { $0 == " " || $0 == "\t" }
        return rest.first == "#" ? line.count : end
    }
}
