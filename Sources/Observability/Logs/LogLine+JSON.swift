import Logging

extension LogLine {
    /// `{"time":"…","level":"info","msg":"…","key":"value"}`
    var json: String {
        var text = "{\"time\":\"\(time.text)\",\"level\":\"\(level.rawValue)\",\"msg\":\(Self.quoted(message))"
        for (name, value) in fields {
            text += ",\(Self.quoted(name)):\(Self.json(value))"
        }
        return text + "}"
    }

    /// A metadata value as JSON: strings quoted, numbers and truth values bare, lengths of time in seconds, the rest as its
    /// text.
    static func json(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): quoted(text)
        case .stringConvertible(let value): json(value)
        case .array(let values): "[\(values.map(json).joined(separator: ","))]"
        case .dictionary(let values):
            "{\(values.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(json($0.value))" }.joined(separator: ","))}"
        }
    }

    private static func json(_ value: any CustomStringConvertible) -> String {
        switch value {
        case is any BinaryInteger, is Bool: value.description
        case let value as Double where value.isFinite: value.description
        case let value as Duration: value.inSeconds.description
        default: quoted(value.description)
        }
    }

    private static func quoted(_ text: String) -> String { "\"\(LogText.escaped(text))\"" }
}
