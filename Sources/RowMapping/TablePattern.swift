internal import Glibc

/// Names of tables, as a key of `mapping.tables` that holds a `*` or `?`, or that begins with `~`.
public struct TablePattern: Hashable, Sendable, CustomStringConvertible {
    /// How the names are described.
    public enum Form: Hashable, Sendable {
        /// Both parts with `*` for any characters and `?` for one.
        case glob(schema: String, name: String)
        /// A POSIX extended regular expression for the whole of `schema.table`.
        case expression(String)
    }

    public let form: Form

    public init(schema: String, name: String) { form = .glob(schema: schema, name: name) }

    /// - Throws: what the C library finds wrong with the expression.
    ///   <https://man7.org/linux/man-pages/man3/regex.3.html>
    public init(expression: String) throws(TablePatternError) {
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

    /// Whether this rather than `other` decides about a table that both name: the one with more fixed characters, the
    /// one with fewer wildcards; an expression after all of these.
    public func isMoreSpecific(than other: TablePattern) -> Bool {
        switch (form, other.form) {
        case (.glob, .expression): true
        case (.expression, _): false
        case (.glob, .glob): (fixed, -wildcards) > (other.fixed, -other.wildcards)
        }
    }

    private var letters: [Unicode.Scalar] {
        guard case .glob(let schema, let name) = form else { return [] }
        return Array(schema.unicodeScalars) + Array(name.unicodeScalars)
    }

    private var wildcards: Int { letters.count { $0 == "*" || $0 == "?" } }
    private var fixed: Int { letters.count - wildcards }

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

    private static func matches(_ expression: String, _ text: String) throws(TablePatternError) -> Bool {
        var compiled = regex_t()
        let code = regcomp(&compiled, "^(\(expression))$", REG_EXTENDED | REG_NOSUB)
        guard code == 0 else {
            var reason = [CChar](repeating: 0, count: 128)
            regerror(code, &compiled, &reason, reason.count)
            throw TablePatternError(reason: String(decoding: reason.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self))
        }
        defer { regfree(&compiled) }
        return regexec(&compiled, text, 0, nil, 0) == 0
    }
}
