/// Which pages are to be read next: a snapshot's work, as long as one exported snapshot lasts.
///
/// Pages are counted, never listed, however many there are.
struct SnapshotChunks: Sendable {
    struct Chunk: Hashable, Sendable {
        /// Index among the leaves.
        var leaf: Int
        var pages: Range<UInt32>
    }

    private struct Rest: Sendable {
        var leaf: Int
        var ranges: [Range<UInt32>]
        var step: UInt32
    }

    /// How many there are in all.
    private(set) var total = 0
    /// Those to come, the next one last.
    private var rests: [Rest] = []

    /// - Parameters:
    ///   - missing: the pages of each leaf that are to be read.
    ///   - rows: how many a chunk is to have, about.
    ///   - bytes: of the table, that it is not to exceed by much.
    init(_ leaves: [SnapshotLeaf], missing: [[Range<UInt32>]], rows: Int, bytes: Int = .max) {
        for (index, leaf) in leaves.enumerated().reversed() where !missing[index].isEmpty {
            let step = leaf.pages(holding: rows, bytes: bytes)
            rests.append(Rest(leaf: index, ranges: missing[index].reversed(), step: step))
            total += missing[index].reduce(0) { $0 + ($1.count + Int(step) - 1) / Int(step) }
        }
    }

    /// Takes the next chunk; nil when all are taken.
    mutating func next() -> Chunk? {
        guard var rest = rests.popLast() else { return nil }
        let range = rest.ranges.removeLast()
        // Saturates: a table can have as many pages as the number has values.
        let (sum, overflow) = range.lowerBound.addingReportingOverflow(rest.step)
        let end = overflow ? range.upperBound : min(sum, range.upperBound)
        if end < range.upperBound { rest.ranges.append(end..<range.upperBound) }
        if !rest.ranges.isEmpty { rests.append(rest) }
        return Chunk(leaf: rest.leaf, pages: range.lowerBound..<end)
    }

    /// Takes what is left of a leaf away.
    mutating func giveUp(_ leaf: Int) { rests.removeAll { $0.leaf == leaf } }
}
