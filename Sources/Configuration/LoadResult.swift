/// What came of a configuration file.
public struct LoadResult: Sendable {
    /// Nil when anything is an error.
    public var settings: Settings?
    /// Errors and warnings, in the file's order.
    public var diagnostics: [Diagnostic]
    /// The values that were left out, where that was tolerated; ``settings`` have a stand-in for each.
    public var unreadable: [UnreadableValue] = []
    /// The SHA-256 of the file as it was read, in hexadecimal, as `sha256sum` prints it; nil where it was not read.
    public var fileHash: String?

    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}
