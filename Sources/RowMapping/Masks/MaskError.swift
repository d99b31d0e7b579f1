/// What is wrong with a mask as it was written.
public struct MaskError: Error, Hashable, Sendable, CustomStringConvertible {
    public let message: String
    /// What to write instead.
    public let note: String?

    init(_ message: String, note: String? = nil) {
        self.message = message
        self.note = note
    }

    public var description: String { note.map { "\(message); \($0)" } ?? message }
}
