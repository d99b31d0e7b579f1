extension String {
    /// Every occurrence of `old` becomes `new`; it must occur, or a test would change nothing without a word.
    func replacing(_ old: String, with new: String) -> String {
        var result = ""
        var rest = self[...]
        var found = false
        while !rest.isEmpty {
            if rest.hasPrefix(old) {
                result += new
                rest = rest.dropFirst(old.count)
                found = true
            } else {
                result.append(rest.removeFirst())
            }
        }
        precondition(found, "\"\(old)\" is not in the text")
        return result
    }
}
