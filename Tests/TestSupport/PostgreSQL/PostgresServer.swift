import CLibpq
import Glibc

/// A private PostgreSQL server in a temporary folder, listening on loopback and on a Unix socket.
///
/// `postgres` is the superuser: trusted on the socket, with the password ``superuserPassword`` over TCP.
/// Everyone else logs in with scram-sha-256 on both.
public final class PostgresServer: Sendable {
    public static let superuser = "postgres"
    public static let superuserPassword = "postgres-secret"

    /// One server for all tests that do not stop or reconfigure it; it starts on first use.
    public static var shared: PostgresServer { get throws { try sharedServer.get() } }
    private static let sharedServer = Result {
        let server = try PostgresServer()
        try server.start()
        return server
    }

    public let port: UInt16
    /// Where the Unix socket is: libpq's `host`.
    public let socketFolder: String
    public let binaries: String
    /// Holds the cluster, in `data`.
    public let folder: String
    let installation: PostgresInstallation
    private let process = Monitor<ChildProcess?>(nil)

    /// Starts the server: a program that ends by becoming the command that follows it.
    private let launcher: [String]

    /// Creates the cluster; `settings` go to postgresql.conf and win over the harness's own.
    ///
    /// - Parameter launcher: a program with its arguments that starts the server, in the folder that holds `data`.
    public init(settings: [String: String] = [:], launcher: [String] = []) throws {
        self.launcher = launcher
        installation = try PostgresInstallation()
        binaries = installation.binaries
        port = try FreePort.next()
        folder = try Workspace.shared.makeFolder("postgres")
        socketFolder = folder
        try installation.own(folder)
        try TextFile.write(Self.superuserPassword, to: "\(folder)/password", mode: 0o644)
        let (executable, arguments) = installation.command(
            "initdb",
            [
                "--pgdata", "\(folder)/data", "--username", Self.superuser, "--pwfile", "\(folder)/password",
                "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync",
            ])
        let result = try ChildProcess.run(executable, arguments, folder: folder)
        guard result.status.isSuccess else { throw HarnessError("initdb failed:\n\(result.errors)") }
        try TextFile.write(Self.authentication, to: "\(folder)/data/pg_hba.conf")
        try configure(settings)
    }

    deinit {
        process.withLock { process in
            process?.send(SIGQUIT)
            _ = try? process?.waitForExit(within: .seconds(60))
            process = nil
        }
        Workspace.shared.removeFolder(folder)
    }

    public var isRunning: Bool { process.withLock { $0?.isRunning ?? false } }

    /// What the server has logged since its last start.
    public var log: [String] { process.withLock { $0?.errors.lines ?? [] } }

    /// Starts the server and returns when it accepts connections.
    public func start(within limit: Duration = .seconds(60)) throws {
        let deadline = Deadline(in: limit)
        while true {
            let (executable, arguments) = installation.command("postgres", ["-D", "\(folder)/data"])
            let command = launcher + [executable] + arguments
            // SIGQUIT ends it at once, but with its shared memory released.
            let started = try ChildProcess(
                command[0], Array(command.dropFirst()), folder: folder, lastSignal: SIGQUIT)
            process.withLock { $0 = started }
            let ping = "host=\(socketFolder) port=\(port) dbname=postgres user=\(Self.superuser)"
            try eventually(within: .milliseconds(deadline.millisecondsLeft), "PostgreSQL's start") {
                PQping(ping) == PQPING_OK || !started.isRunning
            }
            if started.isRunning { return }
            _ = try started.waitForExit(within: .seconds(1))
            // After a kill -9 the old backends need a moment to notice.
            guard started.errors.text.contains("shared memory"), !deadline.isPast else {
                throw HarnessError("PostgreSQL did not start:\n\(started.errors.text)")
            }
            usleep(50_000)
        }
    }

    /// Stops the server and waits for its end.
    public func stop(_ mode: PostgresStopMode = .fast, within limit: Duration = .seconds(60)) throws {
        guard let process = process.withLock({ $0 }) else { return }
        process.send(mode.signal)
        try process.waitForExit(within: limit)
    }

    /// Stops and starts the server, on the same port.
    public func restart(_ mode: PostgresStopMode = .fast) throws {
        try stop(mode)
        try start()
    }

    /// Ends the postmaster as a crash would; what was not flushed is lost.
    public func kill9() throws {
        guard let process = process.withLock({ $0 }) else { return }
        process.kill9()
        try process.waitForExit(within: .seconds(60))
    }

    /// Adds settings to those given at the start; they hold from the next start or reload on.
    public func configure(_ settings: [String: String]) throws {
        let given = try? TextFile.read("\(folder)/data/harness.conf")
        let lines = settings.sorted { $0.key < $1.key }.map { name, value in
            "\(name) = '\(value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'\n"
        }
        // Within a file the last value of a setting holds.
        try TextFile.write((given ?? defaults) + lines.joined(), to: "\(folder)/data/harness.conf")
        if given == nil {
            try TextFile.write("include 'harness.conf'\n", to: "\(folder)/data/postgresql.conf")
        }
    }

    private var defaults: String {
        """
        listen_addresses = '127.0.0.1'
        port = \(port)
        unix_socket_directories = '\(socketFolder)'
        wal_level = logical
        # Many tests share a server, and a slot that a failed test leaves behind still counts.
        max_wal_senders = 50
        max_replication_slots = 50
        max_connections = 100
        shared_buffers = 32MB
        # Nothing here outlives the machine.
        fsync = off
        full_page_writes = off
        log_line_prefix = '%m [%p] %q%u@%d '

        """
    }

    private static let authentication = """
        local all         postgres               trust
        local replication postgres               trust
        local all         all                    scram-sha-256
        local replication all                    scram-sha-256
        host  all         all      127.0.0.1/32  scram-sha-256
        host  replication all      127.0.0.1/32  scram-sha-256

        """
}
