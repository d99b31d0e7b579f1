import ArgumentParser
import Figures
import Glibc
import TestSupport

struct Idle: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "CPU time and anonymous memory of the daemon while it is connected and nothing happens.")

    @OptionGroup var rigOptions: RigOptions
    @Option(help: "Seconds to watch it.") var seconds = 10

    func run() throws {
        let rig = try rigOptions.rig()
        let (slot, publication) = try rig.emptyTable("idle")
        print("\(try Machine.description(rig)).\n")
        let daemon = try RunningDaemon(
            rig, .tcp, slot: slot, publication: publication, tables: ["idle"], topic: "bench.idle")
        try daemon.waitUntilReady()
        // One record, so that every connection is made and every buffer exists.
        try rig.session.execute("INSERT INTO idle VALUES (1, 1, 'one')")
        try eventually(within: .seconds(20)) { try rig.recordCount("bench.idle") >= 1 }
        sleep(3)
        let before = daemon.figures.cpuSeconds ?? .nan
        sleep(UInt32(seconds))
        let cpu = (daemon.figures.cpuSeconds ?? .nan) - before
        let anonymous = daemon.figures.anonymousMegabytes ?? .nan
        try daemon.stop()
        print("| | measured | target |\n|---|---:|---:|")
        print("| CPU, s in \(seconds) s | \(cpu.fixed(4)) | \((0.002 * Double(seconds)).fixed(3)) |")
        print("| anonymous memory, MB | \(anonymous.fixed(1)) | 12 |")
    }
}
