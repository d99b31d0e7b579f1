public import Glibc

/// A process that the harness started: its output, its signals, its end.
///
/// It is ended with the test run at the latest, and when nobody holds it any more.
public final class ChildProcess: Sendable {
    public let pid: pid_t
    public let output: LineLog
    public let errors: LineLog
    private let input: Monitor<Int32?>
    private let status: Monitor<ExitStatus?>
    private let name: String

    /// Starts the program, found along PATH if its name has no slash.
    ///
    /// `lastSignal` is what ends it when it outlives the tests; a server that cleans up after itself has its own.
    public init(
        _ executable: String, _ arguments: [String], environment: [String: String]? = nil,
        folder: String? = nil, lastSignal: Int32 = SIGKILL
    ) throws {
        let (inputReading, inputWriting) = try Spawn.makePipe()
        let (outputReading, outputWriting) = try Spawn.makePipe()
        let (errorsReading, errorsWriting) = try Spawn.makePipe()
        defer { for end in [inputReading, outputWriting, errorsWriting] { close(end) } }
        do {
            pid = try Spawn.start(
                executable, arguments, environment: environment ?? Environment.inherited(), folder: folder,
                input: inputReading, output: outputWriting, errors: errorsWriting)
        } catch {
            for end in [inputWriting, outputReading, errorsReading] { close(end) }
            throw error
        }
        Workspace.shared.enter(pid, endedBy: lastSignal)
        name = executable
        input = Monitor(inputWriting)
        output = LineLog(reading: outputReading)
        errors = LineLog(reading: errorsReading)
        status = Monitor(nil)
        let (pid, status) = (pid, status)
        startThread { Self.reap(pid, into: status) }
    }

    deinit {
        closeInput()
        kill9()
    }

    public var isRunning: Bool { status.withLock { $0 == nil } }

    /// Sends a signal; nothing happens if the process has ended.
    public func send(_ signal: Int32) {
        // Under the lock the process is not yet reaped, so the number is still its own.
        status.withLock { if $0 == nil { kill(pid, signal) } }
    }

    /// Ends the process and all its descendants at once, and does not wait.
    public func kill9() {
        status.withLock { if $0 == nil { kill(-pid, SIGKILL) } }
    }

    /// Stops the process where it is, as a hung machine would, and returns when it does nothing any more.
    public func pause() {
        send(SIGSTOP)
        // The signal alone leaves it time for an answer or two. WNOWAIT leaves its end to whoever waits for that.
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WSTOPPED | WEXITED | WNOWAIT) != 0 && errno == EINTR {}
    }

    /// Lets a paused process go on.
    public func resume() { send(SIGCONT) }

    /// Waits for the end and for the last line of output.
    @discardableResult
    public func waitForExit(within limit: Duration) throws -> ExitStatus {
        guard let result = status.wait(until: Deadline(in: limit), for: { $0 }) else {
            throw HarnessError("\(name) (process \(pid)) did not end within \(limit); stderr:\n\(errors.text)")
        }
        // A descendant may hold the pipes open for longer; then what came so far has to do.
        output.waitForEnd(within: .seconds(1))
        errors.waitForEnd(within: .seconds(1))
        return result
    }

    /// Writes a line to its standard input.
    public func writeLine(_ line: String) throws {
        let bytes = Array("\(line)\n".utf8)
        let count = input.withLock { descriptor in
            descriptor.map { write($0, bytes, bytes.count) } ?? -1
        }
        guard count == bytes.count else { throw HarnessError("\(name) no longer reads its standard input") }
    }

    /// Ends its standard input.
    public func closeInput() {
        input.withLock { descriptor in
            if let open = descriptor { close(open) }
            descriptor = nil
        }
    }

    /// Runs a program to its end.
    public static func run(
        _ executable: String, _ arguments: [String], environment: [String: String]? = nil, input: String = "",
        folder: String? = nil, within limit: Duration = .seconds(60)
    ) throws -> FinishedProcess {
        let process = try ChildProcess(executable, arguments, environment: environment, folder: folder)
        if !input.isEmpty { try process.writeLine(input) }
        process.closeInput()
        let status = try process.waitForExit(within: limit)
        return FinishedProcess(status: status, output: process.output.text, errors: process.errors.text)
    }

    private static func reap(_ pid: pid_t, into status: Monitor<ExitStatus?>) {
        var information = siginfo_t()
        // WNOWAIT: it stays a zombie, and its number taken, until the lock is ours.
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
        status.withLock { status in
            var stored: Int32 = 0
            waitpid(pid, &stored, 0)
            status = ExitStatus(waitStatus: stored)
        }
        Workspace.shared.leave(pid)
    }
}
