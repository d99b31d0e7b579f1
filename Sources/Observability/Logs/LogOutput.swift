/// What came of setting up the log.
public struct LogOutput: Sendable {
    /// Changes the level of all loggers at any time.
    public let level: LogLevelControl
    /// nil where standard error is no terminal.
    public let status: StatusArea?
}
