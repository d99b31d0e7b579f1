import Logging

extension LogLine {
    /// `level=info msg="…" key=value`: https://brandur.org/logfmt, quoted as go-logfmt does.
    var logfmt: String {
        var text = "level=\(level.rawValue) msg=\(Self.logfmtValue(message))"
        for (name, value) in fields {
            text += " \(Self.logfmtKey(name))=\(Self.logfmtValue(Self.flattened(value)))"
        }
        return text
    }

    /// A key can't be quoted, so what would end it becomes an underscore.
    private static func logfmtKey(_ name: String) -> String {
        if name.isEmpty { return "_" }
        var key = ""
        for scalar in name.unicodeScalars {
            key.unicodeScalars.append(endsWord(scalar) ? "_" : scalar)
        }
        return key
    }

    private static func logfmtValue(_ value: String) -> String {
        let isWord = !value.isEmpty && !value.unicodeScalars.contains(where: endsWord)
        return isWord ? value : "\"\(LogText.escaped(value))\""
    }

    private static func endsWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "=", "\"", "\u{FFFD}": true
        default: LogText.isControl(scalar)
        }
    }

    /// logfmt has no nesting; a list or a dictionary is shown as JSON in a string.
    private static func flattened(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): text
        case .stringConvertible(let value): value.description
        case .array, .dictionary: json(value)
        }
    }
}
