import TestSupport
import Testing

/// PostgreSQL's disk is full just where logical decoding needs it.
@Suite struct DiskFullTests {
    private static let limit = Duration.seconds(60)

    /// Whether a process can be given a small disk of its own, which takes root. What cannot be is said.
    private static let canMount: Bool = {
        let result = try? ChildProcess.run(
            "unshare", ["--mount", "sh", "-c", "mount -t tmpfs -o size=1m tmpfs /mnt"])
        if result?.status.isSuccess == true { return true }
        LeftOut.say("PostgreSQL's disk full: no tmpfs can be mounted here, as root could")
        return false
    }()

    @Test(.enabled(if: canMount, "needs the right to mount a tmpfs"))
    func aFullDiskIsWaitedOut() throws {
        let server = try PostgresServer(
            settings: ["logical_decoding_work_mem": "64kB"],
            // In a namespace of its own, so that the disk goes with the server. What decoding puts aside is in there.
            launcher: [
                "unshare", "--mount", "sh", "-c",
                #"mount -t tmpfs -o size=1m,mode=0777 tmpfs data/pg_replslot && exec "$@""#, "sh",
            ])
        try server.start()
        let scene = try Scene(NumberedRows.schema, rules: NumberedRows.rules, server: server)
        let daemon = try scene.run()
        let consumer = try scene.consumer()
        try scene.sql.execute(NumberedRows.insert(after: 0, upTo: 10))
        _ = try consumer.records(count: 10, within: Self.limit)
        // Several megabytes of changes.
        try scene.sql.execute(NumberedRows.insert(after: 10, upTo: 50_000))
        let line = try daemon.waitForLog(containing: "No space left on device", within: Self.limit)
        #expect(line.contains("level=warn"), "\(line)")
        let grown = try ChildProcess.run(
            "nsenter",
            [
                "--mount", "--target", "\(scene.sql.backendPID)", "mount", "-o", "remount,size=200m",
                "\(server.folder)/data/pg_replslot",
            ])
        #expect(grown.status.isSuccess, "\(grown.errors)")
        _ = try consumer.recordsUntil(within: Self.limit) { _ in consumer.all.count >= 50_000 }
        try scene.waitUntilConfirmed(try scene.currentLSN(), within: Self.limit)
        expectCleanStop(daemon, within: Self.limit)
        _ = try consumer.recordsToEnd(within: Self.limit)
        NumberedRows.expectComplete(consumer.all, count: 50_000)
    }
}
