/// `keyFormat`: the form of a record key.
public enum KeyFormat: String, CaseIterable, Sendable {
    /// A single column's text as it is; several columns make a JSON object.
    case text
    /// A JSON object, for a single column too.
    case json
}
