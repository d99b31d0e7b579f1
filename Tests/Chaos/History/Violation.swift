/// A promise that a history breaks.
struct Violation: Sendable, CustomStringConvertible {
    enum Kind: String, CaseIterable, Sendable {
        case lost = "lost"
        case repeated = "delivered twice"
        case extra = "never committed"
        case altered = "not what was written"
        case half = "half a transaction"
        case disorder = "out of order"
        case imbalance = "sum of accounts"
        case differs = "tables differ"
        case misread = "a snapshot's row that was not so at its moment"
        case late = "a snapshot's row behind a newer change"
        case unread = "not read"
        /// What no history shows: a daemon that ended by itself, or did not come back.
        case daemon = "daemon"
    }

    let kind: Kind
    let text: String

    var description: String { "\(kind.rawValue): \(text)" }
}
