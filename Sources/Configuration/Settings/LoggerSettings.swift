/// `cdc.logger`.
public struct LoggerSettings: Sendable {
    public enum Level: String, CaseIterable, Sendable { case debug, info, warn, error }
    public enum Format: String, CaseIterable, Sendable { case logfmt, json }

    public var level: Level
    public var format: Format
}
