import ArgumentParser
import Figures
import Glibc
import TestSupport

struct Blocked: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Peak memory while Kafka takes nothing and a backlog waits, and while it is then delivered.",
        discussion: "Needs the mock cluster, which can be stopped.")

    @OptionGroup var rigOptions: RigOptions
    @Option(help: "Rows of the backlog.") var rows = 1_000_000
    @Option(help: "Seconds for which Kafka is blocked.") var seconds = 15
    @Option(parsing: .singleValue, help: "Values of memoryLimit; may be repeated. Without, its default.")
    var limit: [String] = []

    func run() throws {
        let rig = try rigOptions.rig()
        guard let mock = rig.mock else { throw ValidationError("only the mock cluster can be stopped") }
        print("\(try Machine.description(rig)).\n")
        let load = try LoadedWorkload(try Workload.all.selected(["narrow"])[0], changes: rows, in: rig)
        print("| memoryLimit | Kafka | peak while blocked, MB | peak after the delivery, MB |\n|---|---|---:|---:|")
        for limit in limit.isEmpty ? ["default"] : limit {
            for isSilent in [true, false] {
                let slot = try rig.copySlot(load.slot)
                let before = try rig.recordCount(load.topic)
                // Silent: connections stay open and nothing answers. Down: they are refused.
                if isSilent { mock.pause() } else { try mock.takeDown() }
                let daemon = try RunningDaemon(
                    rig, .tcp, slot: slot, publication: load.publication, tables: load.tables, topic: load.topic,
                    extra: limit == "default" ? "" : "memoryLimit: \(limit)")
                sleep(UInt32(seconds))
                let blocked = daemon.figures.peakMegabytes ?? .nan
                if isSilent { mock.resume() } else { try mock.bringUp() }
                try eventually(within: .seconds(120), "the delivery of the backlog") {
                    try rig.recordCount(load.topic) - before >= load.changes
                }
                let delivered = daemon.figures.peakMegabytes ?? .nan
                try daemon.stop()
                try rig.dropSlot(slot)
                let state = isSilent ? "silent" : "down"
                print("| \(limit) | \(state) | \(blocked.fixed(1)) | \(delivered.fixed(1)) |")
                fflush(nil)
            }
        }
    }
}
