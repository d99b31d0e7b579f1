public import Glibc

/// The built `pqcdc-kafka`, run as a service manager would run it.
public final class DaemonProcess: Sendable {
    /// The file that `--config` names, if the configuration was given as text.
    public let configurationPath: String
    public let notifications: NotifySocket
    private let process: ChildProcess
    private let folder: String

    /// Starts `pqcdc-kafka ARGUMENTS --config FILE`, where FILE holds the configuration.
    ///
    /// `executable` stands in for the daemon under test.
    public init(
        configuration: String, arguments: [String] = ["run"], environment: [String: String] = [:],
        executable: String? = nil
    ) throws {
        folder = try Workspace.shared.makeFolder("daemon")
        configurationPath = "\(folder)/pqcdc-kafka.yaml"
        try TextFile.write(configuration, to: configurationPath)
        notifications = try NotifySocket(in: folder)
        var variables = Environment.inherited().merging(environment) { _, given in given }
        variables["NOTIFY_SOCKET"] = notifications.path
        process = try ChildProcess(
            try executable ?? BuiltProducts.daemon(), arguments + ["--config", configurationPath],
            environment: variables, folder: folder)
    }

    deinit {
        process.kill9()
        Workspace.shared.removeFolder(folder)
    }

    public var pid: pid_t { process.pid }
    public var isRunning: Bool { process.isRunning }
    /// What it logs.
    public var log: LineLog { process.errors }
    public var output: LineLog { process.output }

    /// Waits until it says that it is ready: streaming, or passive.
    public func waitUntilReady(within limit: Duration = .seconds(60)) throws {
        let deadline = Deadline(in: limit)
        while !notifications.waitFor("READY=1", within: .milliseconds(min(100, deadline.millisecondsLeft))) {
            guard process.isRunning, !deadline.isPast else {
                let reason = process.isRunning ? "was not ready within \(limit)" : "ended before it was ready"
                throw HarnessError("the daemon \(reason); its log:\n\(log.text)")
            }
        }
    }

    /// Waits for a log line that contains the text, looking from line `start` on.
    @discardableResult
    public func waitForLog(
        containing text: String, from start: Int = 0, within limit: Duration = .seconds(60)
    ) throws -> String {
        guard let line = log.line(where: { $0.contains(text) }, from: start, within: limit) else {
            throw HarnessError("\"\(text)\" was not logged within \(limit); the log:\n\(log.text)")
        }
        return line
    }

    public func send(_ signal: Int32) { process.send(signal) }

    /// Writes its configuration anew and has it read again.
    ///
    /// - Returns: where in the log what comes of it begins.
    public func reload(_ configuration: String) throws -> Int {
        try TextFile.write(configuration, to: configurationPath)
        let start = log.count
        process.send(SIGHUP)
        return start
    }

    public func pause() { process.pause() }
    public func resume() { process.resume() }

    /// SIGTERM, then the exit code.
    @discardableResult
    public func stop(within limit: Duration = .seconds(35)) throws -> ExitStatus {
        process.send(SIGTERM)
        return try process.waitForExit(within: limit)
    }

    /// SIGKILL, and gone when this returns.
    public func kill9() throws {
        process.kill9()
        try process.waitForExit(within: .seconds(60))
    }

    /// Waits for it to end by itself.
    @discardableResult
    public func waitForExit(within limit: Duration) throws -> ExitStatus {
        try process.waitForExit(within: limit)
    }

    /// Runs a one-shot command of the daemon's executable to its end.
    public static func run(
        _ arguments: [String], environment: [String: String] = [:], input: String = "",
        within limit: Duration = .seconds(60)
    ) throws -> FinishedProcess {
        try ChildProcess.run(
            try BuiltProducts.daemon(), arguments,
            environment: Environment.inherited().merging(environment) { _, given in given }, input: input,
            within: limit)
    }

    /// The same, with `--config FILE` added, where FILE holds the configuration.
    public static func run(
        _ arguments: [String], configuration: String, environment: [String: String] = [:],
        within limit: Duration = .seconds(60)
    ) throws -> FinishedProcess {
        let folder = try Workspace.shared.makeFolder("command")
        defer { Workspace.shared.removeFolder(folder) }
        try TextFile.write(configuration, to: "\(folder)/pqcdc-kafka.yaml")
        return try run(
            arguments + ["--config", "\(folder)/pqcdc-kafka.yaml"], environment: environment, within: limit)
    }
}
