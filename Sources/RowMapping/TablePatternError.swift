/// A regular expression that is none.
public struct TablePatternError: Error, Hashable, Sendable {
    /// In the C library's own words, where it is the C library that refuses.
    public let reason: String
}
