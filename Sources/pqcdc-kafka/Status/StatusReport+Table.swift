import Observability
import ReplicationProtocol

extension StatusReport {
    /// The report for people: a few lines of facts, then a table each for tables and topics.
    var text: String {
        var lines = ["pqcdc-kafka \(version): \(state), \(isReady ? "ready" : "not ready")\(uptimeText)", ""]
        lines += facts.map { Self.padded($0.name, to: 15) + $0.value }
        if !tables.isEmpty { lines += [""] + Self.columns(tableHead, tables.map(Self.row), leading: 3) }
        if !topics.isEmpty {
            lines +=
                [""]
                + Self.columns(
                    ["TOPIC", "RECORDS", "BYTES", "FAILED"],
                    topics.map { [$0.name, "\($0.delivered)", Self.size($0.deliveredBytes), "\($0.failed)"] },
                    leading: 1)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Whether a report for people is one of a daemon that is ready.
    static func isReady(text: String) -> Bool { text.prefix { $0 != "\n" }.contains(", ready") }

    private var uptimeText: String { uptime.map { ", up \(Self.time($0))" } ?? "" }

    private var facts: [(name: String, value: String)] {
        var facts = [("", reason), ("slot", slotText), ("WAL", walText), ("lag", lagText)]
        if let inFlightRecords, let inFlightBytes {
            facts.append(("in flight", "\(inFlightRecords) records, \(Self.size(inFlightBytes))"))
        }
        if let running = snapshot.running { facts.append(("snapshot", running.text)) }
        if !snapshot.waiting.isEmpty {
            facts.append(("", "asked for and waiting: \(snapshot.waiting.joined(separator: ", "))"))
        }
        for (number, table) in (unpublished ?? []).prefix(5).enumerated() {
            facts.append((number == 0 ? "not published" : "", table.reason))
        }
        if let count = unpublished?.count, count > 5 { facts.append(("", "and \(count - 5) more")) }
        if let problem = lastProblem {
            facts.append(("last problem", "\(problem.time) \(problem.level.rawValue): \(problem.message)"))
            if let advice = problem.advice { facts.append(("", "advice: \(advice)")) }
        }
        let hash = configuration.sha256.map { ", sha256 \($0)" } ?? ""
        facts.append(("configuration", configuration.file + hash))
        return facts
    }

    private var slotText: String {
        var parts = ["\(slot.name) of database \(slot.database)"]
        if let isActive = slot.isActive { parts.append(isActive ? "active" : "not active") }
        if let status = slot.walStatus { parts.append("wal_status \(status)") }
        if let retained = slot.retainedBytes { parts.append("\(Self.size(retained)) retained") }
        if let safe = slot.safeBytes { parts.append("\(Self.size(safe)) until it may be lost") }
        return parts.joined(separator: ", ")
    }

    private var walText: String {
        let known = [
            ("server", lsns.server), ("received", lsns.received), ("delivered", lsns.delivered),
            ("confirmed", lsns.confirmed), ("position in Kafka", lsns.position),
        ]
        let parts = known.compactMap { name, lsn in lsn.map { "\(name) \($0)" } }
        return parts.isEmpty ? "not known" : parts.joined(separator: ", ")
    }

    private var lagText: String {
        let parts = [lagBytes.map(Self.size), lag.map(Self.time)].compactMap { $0 }
        return parts.isEmpty ? "not known" : parts.joined(separator: ", ")
    }

    private var tableHead: [String] {
        ["TABLE", "RULE", "TOPIC", "INSERTS", "UPDATES", "DELETES", "TRUNCATES", "SKIPPED", "FAILED", "DEAD LETTERS"]
    }

    private static func row(_ table: Table) -> [String] {
        [table.name, table.rule ?? "none", table.topic ?? "-"]
            + [
                table.inserts, table.updates, table.deletes, table.truncates, table.skipped, table.failed,
                table.deadLettered,
            ].map { "\($0)" }
    }

    // MARK: Layout

    /// - Parameter leading: how many columns are texts, and begin at the left; numbers end at the right.
    private static func columns(_ head: [String], _ rows: [[String]], leading: Int) -> [String] {
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        return ([head] + rows).map { row in
            let cells = row.enumerated().map { column, text in
                column < leading ? padded(text, to: widths[column]) : aligned(text, to: widths[column])
            }
            return cells.joined(separator: "  ")
        }
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func aligned(_ text: String, to width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// `16.2 MiB`.
    static func size(_ bytes: UInt64) -> String {
        var value = Double(bytes)
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var unit = 0
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        guard unit > 0 else { return "\(bytes) B" }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }

    /// `3d 4h`, `5m 12s`, `7s`.
    static func time(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        switch seconds {
        case 86_400...: return "\(seconds / 86_400)d \(seconds % 86_400 / 3600)h"
        case 3600...: return "\(seconds / 3600)h \(seconds % 3600 / 60)m"
        case 60...: return "\(seconds / 60)m \(seconds % 60)s"
        default: return "\(seconds)s"
        }
    }
}

extension StatusReport.Snapshot.Running {
    /// `on demand, public.orders: 48%, 1,204,000 of ~2,500,000 rows, 96.3 MiB, 0:24 left`.
    fileprivate var text: String {
        var parts = [
            SnapshotProgress.rows(rows, of: expectedRows, isExact: false), SnapshotProgress.size(Double(bytes)),
        ]
        if let share { parts.insert(SnapshotProgress.percent(share), at: 0) }
        if let timeLeft { parts.append("\(SnapshotProgress.clock(timeLeft)) left") }
        let done = tableCount > 1 ? ", \(doneTables) of \(tableCount) tables done" : ""
        let names = tables.isEmpty ? "" : ", " + tables.prefix(3).joined(separator: ", ")
        return (isRequested ? "on demand" : "initial") + names + done + ": " + parts.joined(separator: ", ")
    }
}
