/// `envelope`: what a record's value holds of a change.
public enum Envelope: Hashable, Sendable {
    /// The row: the new one, or a DELETE's old one.
    case row
    /// An object with the old row as `before` and the new one as `after`.
    case beforeAfter
    /// The bytes of one column, and of INSERTs only: the table is a transactional outbox.
    case outbox(payload: String)
}
