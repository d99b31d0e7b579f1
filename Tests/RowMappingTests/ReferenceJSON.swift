/// JSON, written the slow and obvious way.
enum ReferenceJSON {
    static func string(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\u{8}": json += "\\b"
            case "\t": json += "\\t"
            case "\n": json += "\\n"
            case "\u{C}": json += "\\f"
            case "\r": json += "\\r"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }

    static func array(_ elements: [String?]) -> String {
        "[" + elements.map { $0.map(string) ?? "null" }.joined(separator: ",") + "]"
    }

    /// A one-dimensional array as PostgreSQL's `array_out` prints it.
    static func postgresArray(_ elements: [String?]) -> String {
        "{" + elements.map { $0.map(postgresElement) ?? "NULL" }.joined(separator: ",") + "}"
    }

    private static func postgresElement(_ text: String) -> String {
        let special: Set<Unicode.Scalar> = ["\"", "\\", "{", "}", ",", " ", "\t", "\n", "\r", "\u{B}", "\u{C}"]
        guard text.isEmpty || text.lowercased() == "null" || text.unicodeScalars.contains(where: special.contains)
        else { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
