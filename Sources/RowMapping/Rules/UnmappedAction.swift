/// `mapping.unmapped`: what happens to a change of a table that the publication sends but no rule names.
public enum UnmappedAction: String, CaseIterable, Sendable {
    /// Counted, and logged once for each table.
    case skip
    /// The pipeline stops.
    case error
}
