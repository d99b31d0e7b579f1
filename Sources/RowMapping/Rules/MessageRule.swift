/// One of `mapping.messages`: what becomes of logical messages (`pg_logical_emit_message`) of one prefix.
public struct MessageRule: Hashable, Sendable {
    public enum Content: String, CaseIterable, Sendable {
        /// A JSON string.
        case text
        /// The JSON document that the content is.
        case json
        /// A JSON string in base64.
        case base64
        /// The record's value is the content, byte by byte, and nothing else.
        case raw
    }

    /// The prefix, or its beginning where a `*` ends it.
    public var prefix: String
    public var topic: String
    public var content: Content
    public var headers: [HeaderRule]
    public var timestamp: RecordTimestamp
    public var onError: FailureAction
    public var onOversize: FailureAction

    public init(
        prefix: String, topic: String, content: Content = .text, headers: [HeaderRule] = [],
        timestamp: RecordTimestamp = .now, onError: FailureAction = .stop, onOversize: FailureAction = .stop
    ) {
        self.prefix = prefix
        self.topic = topic
        self.content = content
        self.headers = headers
        self.timestamp = timestamp
        self.onError = onError
        self.onOversize = onOversize
    }

    /// Whether the rule is for messages of `prefix`.
    public func matches(_ prefix: String) -> Bool {
        // By bytes: to a String, what follows the prefix may change its last character.
        self.prefix.utf8.last == UInt8(ascii: "*")
            ? prefix.utf8.starts(with: self.prefix.utf8.dropLast()) : prefix.isSpelled(like: self.prefix)
    }
}
