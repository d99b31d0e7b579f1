import Figures
import Glibc
import TestSupport

/// What one contender needed to drain a slot once.
struct Run: Sendable {
    let changes: Int
    /// From its start until the slot was confirmed up to the end, or until it had ended.
    var seconds: Double
    /// Of the contender itself, until then.
    var ownCPU: Double
    /// Of the walsender that served it, until then.
    var walsenderCPU: Double
    var peakMegabytes: Double

    var rate: Double { Double(changes) / seconds }
    var ownPerMillion: Double { ownCPU / Double(changes) * 1e6 }
    var walsenderPerMillion: Double { walsenderCPU / Double(changes) * 1e6 }

    // Often enough to see the last of a walsender, and too seldom to cost what would show.
    private static let sampling: useconds_t = 5_000
    private static let asking = Duration.milliseconds(25)

    /// Drains a copy of the workload's slot.
    static func measure(_ contender: Contender, _ load: LoadedWorkload, _ route: Route, in rig: Rig) throws -> Run {
        let slot = try rig.copySlot(load.slot)
        defer { try? rig.dropSlot(slot) }
        let before = contender.producesRecords ? try rig.recordCount(load.topic) : 0
        let question = """
            SELECT active_pid, confirmed_flush_lsn >= '\(load.endLSN)' FROM pg_replication_slots \
            WHERE slot_name = '\(slot)'
            """
        let clock = ContinuousClock()
        let children = ProcessFigures.endedChildren
        let start = clock.now
        let process = try contender.start(load, slot: slot, route: route, in: rig)
        let own = ProcessFigures(pid: process.pid)
        var walsender: ProcessFigures?
        var result = Run(changes: load.changes, seconds: 0, ownCPU: 0, walsenderCPU: 0, peakMegabytes: 0)
        var nextQuestion = start + asking
        var isConfirmed = false
        let deadline = start + .seconds(600)
        while true {
            usleep(sampling)
            if let cpu = own.cpuSeconds { result.ownCPU = cpu }
            if let peak = own.peakMegabytes { result.peakMegabytes = max(result.peakMegabytes, peak) }
            if let cpu = walsender?.cpuSeconds { result.walsenderCPU = max(result.walsenderCPU, cpu) }
            guard process.isRunning else { break }
            let now = clock.now
            if now >= nextQuestion {
                let answer = try rig.session.query(question).first ?? []
                if walsender == nil, answer.count == 2, let pid = answer[0].flatMap({ pid_t($0) }) {
                    walsender = ProcessFigures(pid: pid)
                }
                if answer.count == 2, answer[1] == "t" {
                    isConfirmed = true
                    break
                }
                nextQuestion = now + asking
            }
            guard now < deadline else { throw Failure("\(contender.name) had not drained the slot after 10 minutes") }
        }
        result.seconds = start.duration(to: clock.now) / .seconds(1)
        if isConfirmed {
            result.ownCPU = own.cpuSeconds ?? result.ownCPU
            result.walsenderCPU = walsender?.cpuSeconds ?? result.walsenderCPU
            result.peakMegabytes = max(result.peakMegabytes, own.peakMegabytes ?? 0)
            process.send(SIGTERM)
        }
        let status = try process.waitForExit(within: .seconds(60))
        if !isConfirmed {
            guard status.isSuccess else { throw Failure("\(contender.name) failed:\n\(process.errors.text)") }
            // Exact to its end, where sampling misses the last milliseconds.
            result.ownCPU = ProcessFigures.endedChildren - children
        }
        if contender.producesRecords {
            let delivered = try rig.recordCount(load.topic) - before
            guard delivered >= load.changes else {
                throw Failure("\(contender.name) delivered \(delivered.grouped) of \(load.changes.grouped) changes")
            }
        }
        return result
    }
}

extension Contender {
    /// Whether the topic must hold all changes afterwards.
    var producesRecords: Bool {
        switch self {
        case .daemon, .exactlyOnce: true
        case .pgRecvlogical, .command: false
        }
    }
}
