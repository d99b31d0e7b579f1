import RowMapping

/// A topic as a section of the file gives it.
struct DeclaredTopic {
    /// Nil where it was refused.
    var template: Template?
    /// The key's full name, for messages.
    var path: String
    var position: SourcePosition
}
