/// `unchangedToast`: what stands for a TOASTed value that an UPDATE did not touch and no old tuple carries.
public enum UnchangedTOASTAction: String, CaseIterable, Sendable {
    /// Nothing: the field is left out, never null, and a header lists it.
    case omit
    /// The text of `unchangedToastPlaceholder`.
    case placeholder
    /// The value that stands in the table when the change is read, which may be newer; a header lists it.
    case reselect
}
