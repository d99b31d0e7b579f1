/// Which rows of `entries` a writer has: of each key, those from `first` on and below `next`.
struct KeyCounters: Sendable {
    struct Range: Sendable {
        var first: Int64 = 1
        var next: Int64 = 1
    }

    let keys: [Int64]
    private var ranges: [Int64: Range]

    init(keys: [Int64]) {
        self.keys = keys
        ranges = Dictionary(uniqueKeysWithValues: keys.map { ($0, Range()) })
    }

    subscript(key: Int64) -> Range {
        get { ranges[key, default: Range()] }
        set { ranges[key] = newValue }
    }
}
