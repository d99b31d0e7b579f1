/// Replaces `${NAME}` and `${NAME:-default}` in one scalar; `$${` stands for `${`.
///
/// It runs after the parser, on scalars only, so that a variable's value can never become YAML.
struct EnvironmentReferences {
    let environment: [String: String]

    struct Expansion {
        var text: String
        /// The variables that took part. A message names them instead of quoting what they hold.
        var names: [String]
    }

    /// The text with every reference replaced.
    func expand(_ text: String) throws(ValueError) -> Expansion {
        var result = String.UnicodeScalarView()
        var names: [String] = []
        var rest = Array(text.unicodeScalars)[...]
        while let scalar = rest.first {
            if rest.starts(with: ["$", "$", "{"]) {
                result.append(contentsOf: "${".unicodeScalars)
                rest = rest.dropFirst(3)
            } else if rest.starts(with: ["$", "{"]) {
                let inside = rest.dropFirst(2).prefix { $0 != "}" }
                guard inside.endIndex < rest.endIndex else {
                    throw ValueError("has a ${ without its }", note: "write $${ for a literal ${")
                }
                let (name, value) = try value(of: inside)
                names.append(name)
                result.append(contentsOf: value.unicodeScalars)
                rest = rest[(inside.endIndex + 1)...]
            } else {
                result.append(scalar)
                rest = rest.dropFirst()
            }
        }
        return Expansion(text: String(result), names: names)
    }

    /// Whether the text is nothing but one `${NAME}`: it then shows no part of a secret.
    static func isBareReference(_ text: String) -> Bool {
        guard text.hasPrefix("${"), text.hasSuffix("}") else { return false }
        return isName(Array(text.unicodeScalars).dropFirst(2).dropLast())
    }

    private func value(of inside: ArraySlice<Unicode.Scalar>) throws(ValueError) -> (name: String, value: String) {
        let colon = inside.firstIndex(of: ":") ?? inside.endIndex
        let nameScalars = inside[..<colon]
        let rest = inside[colon...]
        guard Self.isName(nameScalars), rest.isEmpty || rest.starts(with: [":", "-"]) else {
            throw ValueError(
                "has a malformed ${…}: a variable is written ${NAME} or ${NAME:-default}",
                note: "write $${ for a literal ${")
        }
        let name = String(String.UnicodeScalarView(nameScalars))
        if rest.isEmpty {
            guard let value = environment[name] else {
                throw ValueError(
                    "needs the environment variable \(name), which is not set",
                    note: "${\(name):-…} gives it a default", unsetVariable: name)
            }
            return (name, value)
        }
        let fallback = rest.dropFirst(2)
        for (scalar, next) in zip(fallback, fallback.dropFirst()) where scalar == "$" && next == "{" {
            throw ValueError("has a ${…} inside the default of ${\(name):-…}; a default is plain text")
        }
        // As in a shell, `:-` also stands in for an empty variable.
        if let value = environment[name], !value.isEmpty { return (name, value) }
        return (name, String(String.UnicodeScalarView(fallback)))
    }

    private static func isName(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let first = scalars.first, !("0"..."9").contains(first) else { return false }
        return scalars.allSatisfy {
            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_"
        }
    }
}
