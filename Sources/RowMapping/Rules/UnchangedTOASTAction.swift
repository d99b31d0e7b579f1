/// `unchangedToast`: what stands for a TOASTed value that an UPDATE did not touch and no old tuple carries.
public enum UnchangedTOASTAction: String, CaseIterable, Sendable {
    /// Nothing: the field is left out, never null.
    case omit
    /// The text of `unchangedToastPlaceholder`.
    case placeholder
}
