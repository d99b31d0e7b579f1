import Glibc
public import Logging

/// swift-log's backend: one line per event, to stderr.
public struct StructuredLogHandler: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?

    /// Set when one logger was given a level of its own; it then no longer follows the shared one.
    private var ownLevel: Logger.Level?
    private let control: LogLevelControl
    private let layout: LogLayout
    private let sink: LogSink
    private let problems: LastProblem?
    private let now: @Sendable () -> LogTime

    init(
        layout: LogLayout, control: LogLevelControl, sink: LogSink, problems: LastProblem? = nil,
        now: @escaping @Sendable () -> LogTime = { LogTime.now }
    ) {
        self.problems = problems
        self.layout = layout
        self.control = control
        self.sink = sink
        self.now = now
    }

    /// Makes every logger of the process write to stderr in `format`. Once per process, before the first logger.
    ///
    /// `problems` learns of the last WARN or ERROR.
    public static func bootstrap(format: LogFormat, level: LogLevel, problems: LastProblem? = nil) -> LogOutput {
        let control = LogLevelControl(level)
        let layout = LogLayout(format, isJournal: JournalStream.isStandardError)
        let sink = LogSink(descriptor: STDERR_FILENO)
        LoggingSystem.bootstrap { _ in
            StructuredLogHandler(layout: layout, control: control, sink: sink, problems: problems)
        }
        return LogOutput(level: control, status: StatusArea(sink: sink))
    }

    public var logLevel: Logger.Level {
        get { ownLevel ?? control.level.threshold }
        set { ownLevel = newValue }
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var fields = metadata
        // The nearer to the call, the stronger.
        if let provided = metadataProvider?.get() { fields.merge(provided) { $1 } }
        if let given = event.metadata { fields.merge(given) { $1 } }
        if let error = event.error, fields["error"] == nil { fields["error"] = "\(error)" }
        let line = LogLine(
            time: now(), level: LogLevel(event.level), message: event.message.description, metadata: fields)
        problems?.note(line)
        let (isDue, sums) = sink.admits(line)
        for sum in sums {
            sink.write(
                LogLine(time: line.time, level: sum.level, message: sum.message, metadata: ["repeated": "\(sum.text)"])
                    .text(layout))
        }
        if isDue { sink.write(line.text(layout)) }
    }
}
