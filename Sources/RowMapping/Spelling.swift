/// Finds what a misspelled word was meant to be.
package enum Spelling {
    /// The candidate nearest to `word`, if it is near enough that a slip explains it.
    package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let typed = Array(word.lowercased().unicodeScalars)
        // Longer than any key: no slip, and the distance costs length × length.
        guard typed.count <= 64 else { return nil }
        var best: (distance: Int, candidate: String)?
        for candidate in candidates.sorted() {
            let distance = distance(typed, Array(candidate.lowercased().unicodeScalars))
            // One slip in three letters.
            guard distance <= max(1, min(typed.count, candidate.unicodeScalars.count) / 3) else { continue }
            if best.map({ distance < $0.distance }) ?? true { best = (distance, candidate) }
        }
        return best?.candidate
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours between two words.
    package static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var beforePrevious = [Int](repeating: 0, count: b.count + 1)
        var previous = Array(0...b.count)
        for i in 1...a.count {
            var current = [i]
            for j in 1...b.count {
                let replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
                var best = min(replaced, previous[j] + 1, current[j - 1] + 1)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    best = min(best, beforePrevious[j - 2] + 1)
                }
                current.append(best)
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[b.count]
    }
}
