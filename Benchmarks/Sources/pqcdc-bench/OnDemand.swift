import ArgumentParser
import Figures
import Glibc
import TestSupport

struct OnDemand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "on-demand",
        abstract: "Rows of a snapshot that is asked for while changes are streamed, and what the changes notice of it.",
        discussion: """
            A writer commits single-row transactions in another table at a steady rate, without a request and with one. \
            The clock of a change starts when COMMIT has returned, and ends when its record arrives; see "latency".
            """)

    @OptionGroup var rigOptions: RigOptions
    @Option(help: "Rows of the requested table, of the workload \"narrow\".") var rows = 1_000_000
    @Option(help: "Transactions a second meanwhile, each rate in turn; 0 is an idle stream.")
    var rate = [0, 500, 2000]
    @Option(help: "Seconds of each measurement with changes, at least as long as the snapshot takes.") var seconds = 20
    @Flag(help: "Deliver exactly once, which needs a broker.") var exactlyOnce = false

    func run() throws {
        let rig = try rigOptions.rig()
        print("\(try Machine.description(rig)), \(exactlyOnce ? "exactly-once" : "at-least-once").\n")
        let load = try LoadedWorkload(try Workload.all.selected(["narrow"])[0], changes: rows, in: rig)
        try rig.session.execute("VACUUM ANALYZE narrow")
        print("| changes a second | rows/s | p50 / p99 / most, ms | without a request | own CPU, µs a row | peak, MB |")
        print("|---:|---:|---:|---:|---:|---:|")
        for (round, rate) in rate.enumerated() { try measure(rate, "changes\(round)", load, in: rig) }
    }

    private func measure(_ rate: Int, _ table: String, _ load: LoadedWorkload, in rig: Rig) throws {
        let (slot, publication) = try rig.emptyTable(table, partitions: 1)
        try rig.session.execute("ALTER PUBLICATION \(publication) ADD TABLE narrow")
        let daemon = try RunningDaemon(
            rig, .tcp, slot: slot, publication: publication, tables: [table], topic: "bench.\(table)",
            others: ["narrow": load.topic], cdc: ["snapshot: {onDemand: anyone}"],
            kafka: exactlyOnce ? ["delivery: exactly-once", "stateTopic: state-\(table)"] : [])
        try daemon.waitUntilReady()
        var changes = try rate > 0 ? Changes(rate, seconds, table, in: rig) : nil
        try changes?.write()
        let before = try rig.recordCount(load.topic)
        let cpu = daemon.figures.cpuSeconds ?? .nan
        let start = Latency.now
        try rig.session.execute(
            #"SELECT pg_logical_emit_message(true, 'pqcdc.snapshot', '{"table":"narrow"}')"#)
        let arrival = Arrival(of: rows, behind: before, on: load.topic, rig)
        try changes?.write()
        let end = try arrival.wait()
        let own = (daemon.figures.cpuSeconds ?? .nan) - cpu
        let delays = try changes?.delays() ?? []
        let without = delays.filter { $0.commit < start }
        let with = delays.filter { $0.commit >= start && $0.commit <= end }
        print(
            "| \(rate.grouped) | \(Int(Double(rows) / (Double(end - start) / 1e9)).grouped) | \(Self.text(with)) "
                + "| \(Self.text(without)) | \((own / Double(rows) * 1e6).fixed(2)) "
                + "| \((daemon.figures.peakMegabytes ?? .nan).fixed(1)) |")
        fflush(nil)
        try daemon.stop()
        try rig.dropSlot(slot)
    }

    private static func text(_ changes: [Changes.Delay]) -> String {
        if changes.isEmpty { return "" }
        let delays = changes.map(\.milliseconds)
        return "\(delays.percentile(0.5).fixed(2)) / \(delays.percentile(0.99).fixed(2)) / "
            + "\((delays.max() ?? .nan).fixed(2))"
    }
}

/// A writer at a steady rate, and when its records arrive.
private struct Changes {
    struct Delay {
        let commit: Int64
        let milliseconds: Double
    }

    let rate: Int
    /// Transactions of one turn; there are two.
    let count: Int
    let session: SQLSession
    let arrivals: ArrivalConsumer
    var commits: [Int64] = []

    init(_ rate: Int, _ seconds: Int, _ table: String, in rig: Rig) throws {
        self.rate = rate
        count = rate * seconds
        session = try rig.server.session(database: Rig.database)
        try session.execute("PREPARE put (int) AS INSERT INTO \(table) VALUES ($1, $1 % 1000, 'customer name')")
        arrivals = try ArrivalConsumer(rig.kafka.bootstrapServers, topic: "bench.\(table)", count: 2 * count).start()
    }

    mutating func write() throws {
        let start = Latency.now
        for index in 0..<count {
            let left = start + Int64(index) * 1_000_000_000 / Int64(rate) - Latency.now
            if left > 0 { usleep(useconds_t(left / 1000)) }
            try session.execute("EXECUTE put(\(commits.count))")
            commits.append(Latency.now)
        }
    }

    /// Of all but the first second's, which is a warm-up.
    func delays() throws -> [Delay] {
        zip(try arrivals.wait(), commits).dropFirst(rate).map {
            Delay(commit: $1, milliseconds: Double($0 - $1) / 1e6)
        }
    }
}

/// When a topic has so many records more, seen from a thread of its own.
///
/// `@unchecked Sendable`: the thread alone touches `end` until `done` is posted.
private final class Arrival: @unchecked Sendable {
    private var end: Int64?
    private let done = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init(of rows: Int, behind before: Int, on topic: String, _ rig: Rig) {
        sem_init(done, 0, 0)
        let (servers, partitions) = (rig.kafka.bootstrapServers, rig.partitions)
        startThread { [self] in
            let offsets = try? TopicOffsets(servers)
            let deadline = Latency.now + 600_000_000_000
            while Latency.now < deadline {
                if let count = try? offsets?.sum(topic, partitions: partitions), count >= before + rows {
                    end = Latency.now
                    break
                }
                usleep(5000)
            }
            sem_post(done)
        }
    }

    func wait() throws -> Int64 {
        sem_wait(done)
        guard let end else { throw Failure("not all rows had arrived after 10 minutes") }
        return end
    }
}
