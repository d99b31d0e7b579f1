/// A regular expression that is none.
public struct TablePatternError: Error, Hashable, Sendable {
    /// The C library's own words.
    public let reason: String
}
