internal import Glibc

/// Names of tables, as a key of `mapping.tables` that holds a `*` or `?`, or that begins with `~`.
public struct TablePattern: Hashable, Sendable, CustomStringConvertible {
    /// How the names are described.
    public enum Form: Hashable, Sendable {
        /// Both parts with `*` for any characters and `?` for one.
        case glob(schema: String, name: String)
        /// A POSIX extended regular expression for the whole of `schema.table`; outside ASCII its `.` is one byte.
        case expression(String)
    }

    public let form: Form

    /// The longest expression in bytes: the C library reads one with a stack as deep as its parentheses.
    static let maxExpressionLength = 1024

    public init(schema: String, name: String) { form = .glob(schema: schema, name: name) }

    /// - Throws: what the C library finds wrong with the expression.
    ///   <https://man7.org/linux/man-pages/man3/regex.3.html>
    public init(expression: String) throws(TablePatternError) {
        guard expression.utf8.count <= Self.maxExpressionLength else {
            throw TablePatternError(reason: "Longer than \(Self.maxExpressionLength) bytes")
        }
        // The C library would take what stands before it for the whole.
        guard !expression.utf8.contains(0) else { throw TablePatternError(reason: "Holds a NUL") }
        form = .expression(expression)
        _ = try Self.matches(expression, "")
    }

    /// Whether `table` is one of those that the pattern names.
    public func matches(_ table: TableName) -> Bool {
        switch form {
        case .glob(let schema, let name):
            return Self.matches(Array(schema.unicodeScalars)[...], Array(table.schema.unicodeScalars)[...])
                && Self.matches(Array(name.unicodeScalars)[...], Array(table.name.unicodeScalars)[...])
        case .expression(let text):
            do throws(TablePatternError) {
                return try Self.matches(text, table.description)
            } catch {
                preconditionFailure("an expression was compiled when the pattern was made")
            }
        }
    }

    /// Whether this rather than `other` decides about a table that both name: the one with more fixed characters, then
    /// the one with fewer `*`, then the one with more `?`; an expression after all of these.
    public func isMoreSpecific(than other: TablePattern) -> Bool {
        switch (form, other.form) {
        case (.glob, .expression): true
        case (.expression, _): false
        case (.glob, .glob): specificity > other.specificity
        }
    }

    /// Greater where the pattern names fewer tables.
    private var specificity: (Int, Int, Int) {
        guard case .glob(let schema, let name) = form else { return (0, 0, 0) }
        let letters = Array(schema.unicodeScalars) + Array(name.unicodeScalars)
        let stars = letters.count { $0 == "*" }
        let questionMarks = letters.count { $0 == "?" }
        return (letters.count - stars - questionMarks, -stars, questionMarks)
    }

    public var description: String {
        switch form {
        case .glob(let schema, let name): "\(schema).\(name)"
        case .expression(let text): "~\(text)"
        }
    }

    /// Goes back to the last `*` alone, which is enough: an earlier one can give way no better.
    private static func matches(_ pattern: ArraySlice<Unicode.Scalar>, _ text: ArraySlice<Unicode.Scalar>) -> Bool {
        var (p, t) = (pattern.startIndex, text.startIndex)
        var retry: (p: Int, t: Int)?
        while t < text.endIndex {
            if p < pattern.endIndex, pattern[p] == "*" {
                retry = (p + 1, t)
                p += 1
            } else if p < pattern.endIndex, pattern[p] == "?" || pattern[p] == text[t] {
                p += 1
                t += 1
            } else if let last = retry {
                retry = (last.p, last.t + 1)
                (p, t) = (last.p, last.t + 1)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "*" }
    }

    /// Whether the whole text matches: what is found is the leftmost and longest, so it is the whole if that matches.
    ///
    /// Anchors around the expression would change what its alternatives and back-references mean.
    private static func matches(_ expression: String, _ text: String) throws(TablePatternError) -> Bool {
        var compiled = regex_t()
        let code = regcomp(&compiled, expression, REG_EXTENDED)
        guard code == 0 else {
            // Longer reasons, which no C library has, are cut.
            let reason = String(unsafeUninitializedCapacity: 256) { buffer in
                buffer.withMemoryRebound(to: CChar.self) {
                    min(regerror(code, nil, $0.baseAddress, $0.count), $0.count) - 1
                }
            }
            throw TablePatternError(reason: reason)
        }
        defer { regfree(&compiled) }
        var found = regmatch_t()
        return regexec(&compiled, text, 1, &found, 0) == 0 && found.rm_so == 0 && Int(found.rm_eo) == text.utf8.count
    }
}
