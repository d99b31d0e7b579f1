/// A value that the file gives and this process cannot get at: a secret's file that it may not read, or that only the service
/// is shown, and a variable that only the service's environment has.
public struct UnreadableValue: Sendable {
    /// Which of them a load leaves out, rather than refuse the file for them.
    public enum Tolerance: Sendable {
        /// For what needs every value.
        case none
        /// Secrets, and what stands in `$CREDENTIALS_DIRECTORY`.
        case secrets
        /// For what can do its work with a part of the file.
        case all
    }

    /// The key's full name, such as `cdc.passwordFile`.
    public var key: String
    /// The error that it would be for a command that needs the value.
    public var diagnostic: Diagnostic
}
