import ArgumentParser
import Figures
import Glibc
import TestSupport

struct Snapshot: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Rows of a snapshot into Kafka, beside psql's COPY of the same table into /dev/null, in turn.",
        discussion: "One COPY is what the server can do for one client, without decoding, mapping or sending a row.")

    @OptionGroup var rigOptions: RigOptions
    @Option(help: "Rows of the table, of the workload \"narrow\".") var rows = 1_000_000
    @Option(help: "Connections that read at the same time.") var parallelism = 2
    @Option(help: "How often each takes its turn.") var rounds = 3

    func run() throws {
        let rig = try rigOptions.rig()
        print("\(try Machine.description(rig)).\n")
        let load = try LoadedWorkload(try Workload.all.selected(["narrow"])[0], changes: rows, in: rig)
        // Without, the first to read would write hint bits, and nobody would know how many rows a page has.
        try rig.session.execute("VACUUM ANALYZE narrow")
        var (copies, snapshots): ([Double], [Double]) = ([], [])
        print("| round | COPY, rows/s | snapshot, rows/s | ratio | own CPU, µs a row | peak, MB |")
        print("|---:|---:|---:|---:|---:|---:|")
        for round in 1...rounds {
            let copy = Double(rows) / (try copy(in: rig))
            let (seconds, cpu, peak) = try snapshot(load, in: rig)
            let own = Double(rows) / seconds
            copies.append(copy)
            snapshots.append(own)
            print(
                "| \(round) | \(Int(copy).grouped) | \(Int(own).grouped) | \((own / copy).fixed(2)) "
                    + "| \((cpu / Double(rows) * 1e6).fixed(2)) | \(peak.fixed(1)) |")
            fflush(nil)
        }
        let ratio = zip(snapshots, copies).map { $0 / $1 }.median
        print(
            "| median | \(Int(copies.median).grouped) | \(Int(snapshots.median).grouped) | \(ratio.fixed(2)) | | |")
    }

    /// - Returns: seconds of one COPY.
    private func copy(in rig: Rig) throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        let psql = try ChildProcess(
            "/bin/sh",
            [
                "-c",
                "exec '\(rig.server.binaries)/psql' -h 127.0.0.1 -p \(rig.server.port) -U \(PostgresServer.superuser) "
                    + "-d \(Rig.database) -c 'COPY narrow TO STDOUT' > /dev/null",
            ], environment: ["PGPASSWORD": PostgresServer.superuserPassword, "PATH": "/usr/bin:/bin"])
        guard try psql.waitForExit(within: .seconds(600)).isSuccess else {
            throw Failure("psql failed:\n\(psql.errors.text)")
        }
        return start.duration(to: clock.now) / .seconds(1)
    }

    /// - Returns: seconds from the start to the end of a daemon that takes a snapshot and nothing else, its CPU seconds,
    ///   and the most memory that it had.
    private func snapshot(
        _ load: LoadedWorkload, in rig: Rig
    ) throws -> (seconds: Double, cpu: Double, peak: Double) {
        let before = try rig.recordCount(load.topic)
        let file = "\(try Workspace.shared.makeFolder("daemon"))/pqcdc-kafka.yaml"
        let text = try rig.configuration(
            .tcp, slot: UniqueName.next("snapshot"), publication: load.publication, tables: load.tables,
            topic: load.topic, cdc: ["snapshot: {mode: snapshot_only, parallelism: \(parallelism)}"])
        try TextFile.write(text, to: file)
        let clock = ContinuousClock()
        let children = ProcessFigures.endedChildren
        let start = clock.now
        let process = try ChildProcess(rig.binary, ["run", "--config", file], environment: [:])
        let figures = ProcessFigures(pid: process.pid)
        var peak = 0.0
        while process.isRunning {
            peak = max(peak, figures.peakMegabytes ?? 0)
            usleep(5_000)
        }
        let seconds = start.duration(to: clock.now) / .seconds(1)
        guard try process.waitForExit(within: .seconds(60)).isSuccess else {
            throw Failure("the daemon failed:\n\(process.errors.text)")
        }
        let delivered = try rig.recordCount(load.topic) - before
        guard delivered == rows else { throw Failure("\(delivered.grouped) of \(rows.grouped) rows arrived") }
        return (seconds, ProcessFigures.endedChildren - children, peak)
    }
}
