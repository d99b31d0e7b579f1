/// Pages of a table: ranges in order, with gaps between them.
struct PageRanges: Hashable, Sendable {
    private(set) var ranges: [Range<UInt32>] = []

    init() {}

    mutating func insert(_ range: Range<UInt32>) {
        guard !range.isEmpty else { return }
        var low = range.lowerBound
        var high = range.upperBound
        var merged: [Range<UInt32>] = []
        var place = 0
        for other in ranges {
            if other.upperBound < low {
                merged.append(other)
                place = merged.count
            } else if other.lowerBound > high {
                merged.append(other)
            } else {
                low = min(low, other.lowerBound)
                high = max(high, other.upperBound)
            }
        }
        merged.insert(low..<high, at: place)
        ranges = merged
    }

    /// How many pages these are.
    var count: Int { ranges.reduce(0) { $0 + $1.count } }

    /// The pages below `end` that are not among these.
    func missing(below end: UInt32) -> [Range<UInt32>] {
        var gaps: [Range<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges where next < end {
            if range.lowerBound > next { gaps.append(next..<min(range.lowerBound, end)) }
            next = range.upperBound
        }
        if next < end { gaps.append(next..<end) }
        return gaps
    }
}

/// `0-100,200-300`: each range with the first page behind it.
extension PageRanges {
    init?(_ text: String) {
        for part in text.split(separator: ",") {
            let bounds = part.split(separator: "-", omittingEmptySubsequences: false).map { UInt32($0) }
            guard bounds.count == 2, let low = bounds[0], let high = bounds[1], low < high else { return nil }
            insert(low..<high)
        }
    }

    var text: String { ranges.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",") }
}
