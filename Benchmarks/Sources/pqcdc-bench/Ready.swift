import ArgumentParser
import Figures
import TestSupport

struct Ready: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Time from the daemon's start to READY=1.")

    @OptionGroup var rigOptions: RigOptions
    @Option(help: "How often to start it.") var rounds = 10

    func run() throws {
        let rig = try rigOptions.rig()
        let (slot, publication) = try rig.emptyTable("ready")
        print("\(try Machine.description(rig)).\n")
        var times: [Double] = []
        for _ in 0..<rounds {
            let daemon = try RunningDaemon(
                rig, .tcp, slot: slot, publication: publication, tables: ["ready"], topic: "bench.ready")
            times.append(try daemon.waitUntilReady() / .milliseconds(1))
            try daemon.stop()
            try eventually(within: .seconds(10)) {
                try rig.session.value("SELECT active FROM pg_replication_slots WHERE slot_name = '\(slot)'") == "f"
            }
        }
        print("| start to READY=1, ms | target |\n|---:|---:|")
        print("| median \(times.median.fixed(1)), most \((times.max() ?? .nan).fixed(1)) | 200 |")
    }
}
