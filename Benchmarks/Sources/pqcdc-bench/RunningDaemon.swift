import Figures
import Glibc
import TestSupport

/// The daemon on a slot, for measurements that are no race.
final class RunningDaemon {
    let process: ChildProcess
    let notifications: NotifySocket
    let figures: ProcessFigures
    let started: ContinuousClock.Instant

    init(
        _ rig: Rig, _ route: Route, slot: String, publication: String, tables: [String], topic: String,
        others: [String: String] = [:], kafka: [String] = [], extra: String = ""
    ) throws {
        let folder = try Workspace.shared.makeFolder("daemon")
        let file = "\(folder)/pqcdc-kafka.yaml"
        let text = try rig.configuration(
            route, slot: slot, publication: publication, tables: tables, topic: topic, others: others, kafka: kafka,
            extra: extra)
        try TextFile.write(text, to: file)
        notifications = try NotifySocket(in: folder)
        started = .now
        process = try ChildProcess(
            rig.binary, ["run", "--config", file], environment: ["NOTIFY_SOCKET": notifications.path])
        figures = ProcessFigures(pid: process.pid)
    }

    /// Waits for READY=1; returns how long after the start it came.
    @discardableResult
    func waitUntilReady() throws -> Duration {
        guard notifications.waitFor("READY=1", within: .seconds(20)) else {
            throw Failure("the daemon was not ready within 20 s:\n\(process.errors.text)")
        }
        return started.duration(to: .now)
    }

    func stop() throws {
        process.send(SIGTERM)
        guard try process.waitForExit(within: .seconds(60)).isSuccess else {
            throw Failure("the daemon failed:\n\(process.errors.text)")
        }
    }
}

extension Rig {
    /// A table of its own with publication, slot and topic, and nothing in it.
    func emptyTable(_ name: String, partitions: Int? = nil) throws -> (slot: String, publication: String) {
        let (slot, publication) = ("slot_\(name)", "publication_\(name)")
        try session.execute("CREATE TABLE \(name) (id bigint PRIMARY KEY, account int NOT NULL, name text NOT NULL)")
        try session.execute("CREATE PUBLICATION \(publication) FOR TABLE \(name)")
        try session.execute("SELECT pg_create_logical_replication_slot('\(slot)', 'pgoutput')")
        try createTopic("bench.\(name)", partitions: partitions)
        return (slot, publication)
    }
}
