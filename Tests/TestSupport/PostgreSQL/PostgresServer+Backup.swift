/// A server that is set back to an earlier day.
extension PostgresServer {
    /// Keeps the cluster as it is; the server is stopped.
    public func backUp() throws { try copy("data", to: "backup") }

    /// Makes the cluster what it was when it was backed up; the server is stopped.
    public func restoreBackup() throws {
        _ = try ChildProcess.run("rm", ["-r", "\(folder)/data"])
        try copy("backup", to: "data")
    }

    private func copy(_ name: String, to other: String) throws {
        let result = try ChildProcess.run("cp", ["-a", "\(folder)/\(name)", "\(folder)/\(other)"])
        guard result.status.isSuccess else { throw HarnessError("could not copy the cluster:\n\(result.errors)") }
    }
}
