import Glibc
import LinuxSupport
import TestSupport
import Testing

/// A snapshot needs several sessions, and one that ends takes nothing with it but time.
@Suite(.serialized, .enabled(if: FailpointExample.areThere)) struct SnapshotSessionTests {
    private static let schema = """
        CREATE TABLE t (id int PRIMARY KEY, v text);
        INSERT INTO t SELECT i, repeat('v', 100) FROM generate_series(1, 500) i
        """

    private func scene(_ delivery: FailpointExample.Delivery) throws -> Scene {
        let cluster = try (delivery == .exactlyOnce ? KafkaKind.broker : .mock).shared()
        let scene = try Scene(Self.schema, rules: ["t": "{key: [id]}"], publishing: "FOR ALL TABLES", on: cluster)
        try scene.sql.execute("GRANT SELECT ON t TO \(scene.role)")
        return scene
    }

    private func file(_ scene: Scene, mode: String, _ delivery: FailpointExample.Delivery) -> String {
        scene.configuration(
            cdc: ["snapshot: {mode: \(mode), parallelism: 1}"],
            kafka: ["delivery: \(delivery.rawValue)", "stateTopic: \(UniqueName.next("state"))"])
    }

    private func waitUntilStopped(_ daemon: DaemonProcess) throws {
        try eventually(within: .seconds(60), "the failpoint at which the daemon stops itself") {
            try TextFile.read("/proc/\(daemon.pid)/stat").contains(") T ")
        }
    }

    /// Ends the session that holds the exported snapshot, and returns when the server has none such.
    private func endExporter(_ scene: Scene) throws {
        let exporter = """
            SELECT pid FROM pg_stat_activity
            WHERE usename = '\(scene.role)' AND (state = 'idle in transaction' OR pid IN (
                SELECT active_pid FROM pg_replication_slots WHERE slot_name LIKE 'pqcdc\\_snapshot\\_%'))
            """
        let pid = try #require(try scene.sql.value(exporter))
        try scene.sql.execute("SELECT pg_terminate_backend(\(pid))")
        try eventually(within: .seconds(60), "the end of the exporter's session") {
            try scene.sql.value("SELECT count(*) FROM pg_stat_activity WHERE pid = \(pid)") == "0"
        }
    }

    private func keys(_ scene: Scene) throws -> [Int] {
        try scene.consumer("t").recordsToEnd().compactMap { $0.keyText.flatMap { Int($0) } }.sorted()
    }

    @Test(
        "A snapshot whose exporter ends before the import is taken with another consistent point",
        arguments: FailpointExample.deliveries)
    func anExporterThatEndsIsAnotherAttempt(delivery: FailpointExample.Delivery) throws {
        let scene = try scene(delivery)
        let daemon = try scene.start(
            file(scene, mode: "initial", delivery), failpoint: "\(Failpoint.beforeSnapshotImport)")
        try waitUntilStopped(daemon)
        try endExporter(scene)
        daemon.resume()
        try daemon.waitForLog(containing: "the snapshot is done")
        #expect(daemon.log.text.contains("could not import the snapshot"), "\(daemon.log.text)")
        #expect(daemon.log.text.contains("retry_in="), "\(daemon.log.text)")
        #expect(try keys(scene) == Array(1...500))
        expectCleanStop(daemon)
    }

    @Test("A snapshot without a stream whose exporter ends before the import is taken with another one")
    func anExporterOfASnapshotAloneThatEndsIsAnotherAttempt() throws {
        let scene = try scene(.atLeastOnce)
        let daemon = try scene.start(
            file(scene, mode: "snapshot_only", .atLeastOnce), failpoint: "\(Failpoint.beforeSnapshotImport)")
        try waitUntilStopped(daemon)
        try endExporter(scene)
        daemon.resume()
        #expect(try daemon.waitForExit(within: .seconds(60)) == .exited(0), "\(daemon.log.text)")
        #expect(daemon.log.text.contains("could not import the snapshot"), "\(daemon.log.text)")
        #expect(try keys(scene) == Array(1...500))
    }
}
