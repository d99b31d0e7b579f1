/// How large a POSIX regular expression becomes when the C library compiles it: it copies what is repeated, so that
/// `a{1,30000}` takes gigabytes, and `(((a+)+)+)+` doubles with each `+`.
struct ExpressionSize {
    /// A name has at most 127 characters; this much takes a few megabytes, and the cost grows with the square.
    static let limit = 1000

    /// An estimate in characters, good enough to compare with ``limit``.
    let count: Int

    init(_ text: String) {
        var rest = Array(text.unicodeScalars)[...]
        // The sizes of the groups that are open, the outermost first.
        var groups = [0]
        while let scalar = rest.popFirst() {
            var size = 1
            switch scalar {
            case "\\": _ = rest.popFirst()
            case "[": Self.skipBrackets(&rest)
            case "(":
                groups.append(0)
                continue
            case ")":
                if groups.count > 1 { size = groups.removeLast() + 1 }
            default: break
            }
            while let factor = Self.repetition(&rest) { size = min(size * factor, Self.limit + 1) }
            groups[groups.count - 1] = min(groups[groups.count - 1] + size, Self.limit + 1)
        }
        count = groups.reduce(0, +)
    }

    /// How often what stands before is copied; nil where nothing repeats it.
    private static func repetition(_ rest: inout ArraySlice<Unicode.Scalar>) -> Int? {
        switch rest.first {
        case "*", "?":
            rest.removeFirst()
            return 1
        case "+":
            rest.removeFirst()
            return 2
        case "{":
            let bounds = rest.prefix { $0 != "}" }
            rest = rest[bounds.endIndex...].dropFirst()
            let numbers = bounds.split { !("0"..."9").contains($0) }.map { digits in
                digits.count > 5 ? limit + 1 : digits.reduce(0) { $0 * 10 + Int($1.value - 48) }
            }
            return (numbers.max() ?? 0) + 1
        default: return nil
        }
    }

    /// Moves behind the `]` that ends a set of characters.
    private static func skipBrackets(_ rest: inout ArraySlice<Unicode.Scalar>) {
        if rest.first == "^" { rest.removeFirst() }
        // In the first place it is one of the characters.
        if rest.first == "]" { rest.removeFirst() }
        while let scalar = rest.popFirst(), scalar != "]" {
            // `[:alpha:]`, `[.x.]` and `[=x=]` hold brackets of their own.
            guard scalar == "[", let kind = rest.first, [":", ".", "="].contains(kind) else { continue }
            rest.removeFirst()
            while let inner = rest.popFirst(), !(inner == kind && rest.first == "]") {}
            _ = rest.popFirst()
        }
    }
}
