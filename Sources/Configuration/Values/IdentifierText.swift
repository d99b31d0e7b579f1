/// The names of PostgreSQL's objects.
enum IdentifierText {
    /// NAMEDATALEN - 1: the server would cut a longer name, and the cut one is another object.
    static let maximumLength = 63

    /// What is wrong with the name of a table, column or publication; nil if nothing is.
    static func problem(_ name: String) -> String? {
        if name.isEmpty { return "must not be empty" }
        if name.utf8.count > maximumLength { return "is longer than PostgreSQL's \(maximumLength) bytes" }
        if name.utf8.contains(0) { return "must not hold a NUL" }
        return nil
    }

    /// What is wrong with the name of a replication slot, which is also a directory on the server.
    static func slotProblem(_ name: String) -> String? {
        if let problem = problem(name) { return problem }
        let isValid = name.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
        }
        return isValid ? nil : "may hold only lower-case letters, digits and underscores"
    }
}
