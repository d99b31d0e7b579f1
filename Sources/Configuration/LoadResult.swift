/// What came of a configuration file.
public struct LoadResult: Sendable {
    /// Nil when anything is an error.
    public var settings: Settings?
    /// Errors and warnings, in the file's order.
    public var diagnostics: [Diagnostic]

    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}
