public import ReplicationProtocol

/// Where decoding stood when the server failed at it: what it appends to such an error as its context.
///
/// `slot "orders", output plugin "pgoutput", in the change callback, associated LSN 0/16B3748`, in the language of
/// `lc_messages`; names and LSN are the same in all of them. No value is in it.
public struct DecodingContext: Hashable, Sendable {
    public var slot: String
    /// `change`, `begin`, `commit` and so on.
    public var callback: String
    /// The change's, or the transaction's end, whatever the callback was for; nil where the server tells none.
    public var lsn: LSN?

    public init(slot: String, callback: String, lsn: LSN?) {
        self.slot = slot
        self.callback = callback
        self.lsn = lsn
    }

    /// `a change at 0/16B3748 of slot "orders"`.
    public var description: String {
        let place = lsn.map { " at \($0)" } ?? ""
        return "\(callback == "change" ? "a change" : "(callback \(callback))")\(place) of slot \"\(slot)\""
    }

    /// - Parameter context: one line of an error's context, or several of which one is of decoding.
    init?(_ context: String) {
        for line in context.split(separator: "\n") {
            if let found = Self(line: line) {
                self = found
                return
            }
        }
        return nil
    }

    private init?(line: Substring) {
        // The two quoted names are the slot's and the plugin's. A function's context may hold the same words, but not this form.
        let parts = line.split(omittingEmptySubsequences: false) { Self.quotationMarks.contains($0) }
        guard parts.count == 5, parts[3].filter({ $0 != " " }) == "pgoutput", !line.contains("(") else { return nil }
        let slot = parts[1].filter { $0 != " " }
        guard !slot.isEmpty, slot.utf8.allSatisfy(Self.isOfSlotName) else { return nil }
        let words = parts[4].split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "/")) }
        guard let callback = words.first(where: { Self.callbacks.contains(String($0)) }) else { return nil }
        let place = words.compactMap { $0.contains("/") ? LSN(String($0)) : nil }.last
        self.init(slot: slot, callback: String(callback), lsn: place)
    }

    private static let quotationMarks: Set<Character> = ["\"", "«", "»", "„", "“", "”", "「", "」"]

    /// What the server allows in the name of a slot.
    private static func isOfSlotName(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (48...57).contains(byte) || byte == 95
    }

    /// <https://www.postgresql.org/docs/current/logicaldecoding-output-plugin.html>
    private static let callbacks: Set<String> = [
        "startup", "shutdown", "begin", "change", "truncate", "commit", "message", "filter_by_origin", "begin_prepare",
        "prepare", "commit_prepared", "rollback_prepared", "filter_prepare", "stream_start", "stream_stop",
        "stream_abort", "stream_prepare", "stream_commit", "stream_change", "stream_message", "stream_truncate",
    ]
}
