import Glibc

/// The one temporary folder of a test run, and the promise that nothing of the run survives it.
///
/// Everything that the harness writes lies below it, and each process that it starts is entered in `processes`,
/// with the signal that ends it. A small shell holds the reading end of a pipe whose writing end is ours: when
/// this process ends, however it ends, the shell ends what is still entered and removes the folder.
public final class Workspace: Sendable {
    public static let shared = Workspace()

    public let path: String

    private init() {
        let base = Environment.value("TMPDIR") ?? "/tmp"
        var template = Array("\(base)/pqcdc-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            fatalError("could not create a folder in \(base): \(String(cString: strerror(errno)))")
        }
        path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        // Servers that run as another user have to pass through.
        chmod(path, 0o755)
        mkdir("\(path)/processes", 0o755)
        startSweeper()
    }

    /// Creates a folder with a name that starts with `prefix`.
    public func makeFolder(_ prefix: String) throws -> String {
        var template = Array("\(path)/\(prefix)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw HarnessError("could not create a folder in \(path): \(String(cString: strerror(errno)))")
        }
        return template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    /// Removes a folder below the workspace with all it holds.
    public func removeFolder(_ folder: String) {
        precondition(folder.hasPrefix("\(path)/"), "only the workspace's own folders are removed")
        _ = try? ChildProcess.run("/bin/rm", ["-rf", "--", folder])
    }

    /// Has the process group of `pid` ended with `signal` if we end before it.
    func enter(_ pid: pid_t, endedBy signal: Int32) {
        try? TextFile.write("\(signal)\n", to: "\(path)/processes/\(pid)")
    }

    /// Takes back ``enter(_:endedBy:)``: the process has ended.
    func leave(_ pid: pid_t) {
        unlink("\(path)/processes/\(pid)")
    }

    /// Up to 5 s for servers to end on their own signal, then SIGKILL for all.
    private static let sweep = """
        trap '' INT TERM HUP QUIT
        cat > /dev/null
        cd "$0/processes" || exit
        for pid in *; do
            [ -f "$pid" ] || continue
            kill -s "$(cat "$pid")" -- "-$pid"; kill -s CONT -- "-$pid"
        done
        for try in 1 2 3 4 5 6 7 8 9 10; do
            alive=
            for pid in *; do [ -f "$pid" ] && kill -s 0 -- "-$pid" && alive=1; done
            [ -n "$alive" ] || break
            sleep 0.5
        done
        for pid in *; do [ -f "$pid" ] && kill -s KILL -- "-$pid"; done
        cd /; rm -rf -- "$0"
        """

    private func startSweeper() {
        do {
            let (reading, writing) = try Spawn.makePipe()
            let null = open("/dev/null", O_WRONLY | O_CLOEXEC)
            defer { for descriptor in [reading, null] { close(descriptor) } }
            _ = try Spawn.start(
                "/bin/sh", ["-c", Self.sweep, path], environment: [:], folder: "/", input: reading, output: null,
                errors: null)
            // Stays open for as long as this process lives: that is its whole purpose.
            _ = writing
        } catch {
            fatalError("could not start the sweeper: \(error)")
        }
    }
}
