import Configuration
import Observability
import ReplicationProtocol

extension StatusReport {
    /// The body of `/status`. Members are added in later versions; none changes its meaning.
    var json: String {
        JSONDocument.object([
            ("version", .text(version)),
            ("state", .text(state)),
            ("role", Self.text(role)),
            ("ready", .boolean(isReady)),
            ("reason", .text(reason)),
            ("uptimeSeconds", uptime.map { .number(Int($0.components.seconds)) } ?? .null),
            (
                "slot",
                .object([
                    ("name", .text(slot.name)), ("database", .text(slot.database)),
                    ("active", slot.isActive.map(JSONDocument.boolean) ?? .null),
                    ("walStatus", Self.text(slot.walStatus)), ("retainedBytes", Self.number(slot.retainedBytes)),
                    ("safeWALBytes", Self.number(slot.safeBytes)),
                ])
            ),
            (
                "lsn",
                .object([
                    ("server", Self.lsn(lsns.server)), ("received", Self.lsn(lsns.received)),
                    ("delivered", Self.lsn(lsns.delivered)), ("confirmed", Self.lsn(lsns.confirmed)),
                    ("position", Self.lsn(lsns.position)),
                ])
            ),
            (
                "lag",
                .object([("bytes", Self.number(lagBytes)), ("seconds", lag.map { .real($0.inSeconds) } ?? .null)])
            ),
            (
                "inFlight",
                .object([("records", Self.number(inFlightRecords)), ("bytes", Self.number(inFlightBytes))])
            ),
            ("lastError", lastError),
            ("snapshot", snapshotJSON),
            (
                "unpublished",
                unpublished.map { tables in
                    .array(tables.map { .object([("table", .text($0.table)), ("reason", .text($0.reason))]) })
                } ?? .null
            ),
            ("tables", .array(tables.map(\.json))),
            ("topics", .array(topics.map(\.json))),
            (
                "configuration",
                .object([("file", .text(configuration.file)), ("sha256", Self.text(configuration.sha256))])
            ),
        ]).rendered + "\n"
    }

    private var snapshotJSON: JSONDocument {
        .object([
            ("running", snapshot.running?.json ?? .null),
            ("waiting", .array(snapshot.waiting.map(JSONDocument.text))),
        ])
    }

    private var lastError: JSONDocument {
        guard let problem = lastProblem else { return .null }
        return .object([
            ("time", .text(problem.time)), ("level", .text(problem.level.rawValue)),
            ("message", .text(problem.message)), ("advice", Self.text(problem.advice)),
        ])
    }

    static func text(_ text: String?) -> JSONDocument { text.map(JSONDocument.text) ?? .null }

    /// Counts beyond 2^63 − 1 do not come up before the sun goes out; should one, it is cut there.
    static func number(_ number: UInt64?) -> JSONDocument { number.map { .number(Int(clamping: $0)) } ?? .null }

    private static func lsn(_ lsn: LSN?) -> JSONDocument { text(lsn.map { "\($0)" }) }
}

extension StatusReport.Snapshot.Running {
    fileprivate var json: JSONDocument {
        .object([
            ("onDemand", .boolean(isRequested)), ("tables", .array(tables.map(JSONDocument.text))),
            ("tableCount", .number(tableCount)), ("doneTables", .number(doneTables)),
            ("share", share.map(JSONDocument.real) ?? .null), ("rows", .number(rows)),
            ("expectedRows", expectedRows.map(JSONDocument.number) ?? .null), ("bytes", .number(bytes)),
            ("rowsPerSecond", rowsPerSecond.map(JSONDocument.real) ?? .null),
            ("secondsLeft", timeLeft.map { .real($0.inSeconds) } ?? .null),
        ])
    }
}

extension StatusReport.Table {
    fileprivate var json: JSONDocument {
        .object([
            ("table", .text(name)), ("rule", StatusReport.text(rule)), ("topic", StatusReport.text(topic)),
            ("inserts", StatusReport.number(inserts)), ("updates", StatusReport.number(updates)),
            ("deletes", StatusReport.number(deletes)), ("truncates", StatusReport.number(truncates)),
            ("skipped", StatusReport.number(skipped)), ("failed", StatusReport.number(failed)),
            ("deadLettered", StatusReport.number(deadLettered)),
        ])
    }
}

extension StatusReport.Topic {
    fileprivate var json: JSONDocument {
        .object([
            ("topic", .text(name)), ("recordsDelivered", StatusReport.number(delivered)),
            ("bytesDelivered", StatusReport.number(deliveredBytes)), ("recordsFailed", StatusReport.number(failed)),
        ])
    }
}
