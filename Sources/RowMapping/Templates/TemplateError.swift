/// What is wrong with a template, and where in its text.
public struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where, in Unicode scalars from the beginning of the template: YAML's columns count in these too.
    public let offset: Int
    public let message: String
    /// What to write instead.
    public let note: String?

    /// - Parameter byte: where, in UTF-8 bytes of `text`.
    init(at byte: Int, of text: String, _ message: String, note: String? = nil) {
        offset = text.utf8.prefix(byte).count { $0 & 0xC0 != 0x80 }
        self.message = message
        self.note = note
    }

    public var description: String { note.map { "\(message); \($0)" } ?? message }
}
