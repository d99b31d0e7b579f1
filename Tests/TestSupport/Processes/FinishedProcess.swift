/// What a program left behind that was run to its end.
public struct FinishedProcess: Sendable {
    public let status: ExitStatus
    public let output: String
    public let errors: String
}
