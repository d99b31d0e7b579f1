/// Servers that come from another one's files.
extension PostgresServer {
    /// Creates a physical standby of a server that runs; it begins to follow with its start.
    public convenience init(standbyOf primary: PostgresServer) throws {
        try self.init()
        _ = try ChildProcess.run("rm", ["-r", "\(folder)/data"])
        let (executable, arguments) = installation.command(
            "pg_basebackup",
            [
                "-D", "\(folder)/data", "-h", primary.socketFolder, "-p", "\(primary.port)", "-U", Self.superuser,
                "-X", "stream", "-c", "fast", "--no-sync", "-R",
            ])
        let result = try ChildProcess.run(executable, arguments, folder: folder)
        guard result.status.isSuccess else { throw HarnessError("pg_basebackup failed:\n\(result.errors)") }
        try moveHere()
    }

    /// Creates a physical standby of a server that is stopped, by copying its files: so it has the server's slots, too.
    public convenience init(standbyWithSlotsOf primary: PostgresServer) throws {
        try self.init()
        _ = try ChildProcess.run("rm", ["-r", "\(folder)/data"])
        let result = try ChildProcess.run("cp", ["-a", "\(primary.folder)/data", "\(folder)/data"])
        guard result.status.isSuccess else { throw HarnessError("could not copy the cluster:\n\(result.errors)") }
        try TextFile.write("", to: "\(folder)/data/standby.signal")
        try moveHere()
        try configure([
            "primary_conninfo": "host=\(primary.socketFolder) port=\(primary.port) user=\(Self.superuser)",
            "hot_standby_feedback": "on",
        ])
    }

    private func moveHere() throws {
        try configure(["port": "\(port)", "unix_socket_directories": socketFolder])
    }

    /// Waits until a standby has all that its primary has committed.
    public func waitUntilCaughtUp(with primary: PostgresServer, within limit: Duration = .seconds(60)) throws {
        let end = try primary.session().value("SELECT pg_current_wal_insert_lsn()") ?? "0/0"
        let sql = try session()
        try eventually(within: limit, "the standby's arrival at \(end)") {
            try sql.value("SELECT pg_last_wal_replay_lsn() >= '\(end)'") == "t"
        }
    }

    /// Makes a primary of a standby.
    public func promote() throws { try session().execute("SELECT pg_promote()") }
}
