import ArgumentParser
import Configuration
import Pipeline
import Postgres
import ReplicationProtocol
import RowMapping

/// `pqcdc-kafka snapshot`.
struct SnapshotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Asks the running daemon to send all rows of a table again, while it goes on streaming.",
        discussion: """
            Checks that the table exists, is published and mapped, has a primary key, can be read by the \
            configuration's role, and that the condition fits its columns; then writes the request to the WAL, as a \
            logical message that the daemon comes by in the stream, signed with cdc.snapshot.requestSecret where \
            cdc.snapshot.onDemand is signed. No row is read here. The rows arrive with the operation \
            SNAPSHOT, in the topic and form that the table's rule gives them, and none after a newer change of the \
            same row.

              pqcdc-kafka snapshot --config FILE --table public.orders
              pqcdc-kafka snapshot --config FILE --table public.orders --where "id > 1000"
              pqcdc-kafka snapshot --config FILE --table public.orders --cancel

            The condition is written like a filter of the mapping, and is no SQL: columns, values, =, <>, <, <=, >, >=, \
            between, in, like, is null, and, or, not. Every row is read, and the daemon sends those that meet it.

            The same in SQL, where cdc.snapshot.onDemand is anyone, for a role that may call the function:

              SELECT pg_logical_emit_message(true, 'pqcdc.snapshot', '{"table":"public.orders"}');

            It ends with 0 once the request is written; how the snapshot goes on, the daemon logs. If a check fails it \
            ends with 78, or 77 where a privilege is missing, or 69 where slot or publication are; nothing is then \
            written.

            \(ExitStatus.discussion)
            """)

    @OptionGroup var file: ConfigurationOption

    @Option(
        help: ArgumentHelp(
            "The table as the publication sends it; without a schema, of public.", valueName: "schema.table"))
    var table: String

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            "What a row must meet, written like a filter of the mapping (docs/mapping.md); no SQL.",
            valueName: "condition"))
    var condition: String?

    @Flag(help: "Withdraw what was asked for; a snapshot of the table that is being taken ends.")
    var cancel = false

    func validate() throws {
        if cancel, condition != nil {
            throw ValidationError("--cancel withdraws every request of the table, without --where")
        }
        guard TableName(sql: table) != nil else {
            throw ValidationError(
                "--table \(table) is not a table's name: schema.table, each in \"…\" if it holds a dot")
        }
        guard let condition else { return }
        if condition.allSatisfy(\.isWhitespace) { throw ValidationError("--where must not be empty") }
        do throws(FilterError) { _ = try RowCondition.parse(condition) } catch {
            throw ValidationError(Self.text(of: error))
        }
    }

    func run() throws {
        // PostgreSQL is asked, Kafka is not, and no row becomes a record here.
        let settings = try file.load {
            $0.hasPrefix("cdc.") && $0 != "cdc.metric.port" || $0.hasPrefix("mapping.tables.")
        }.settings
        guard settings.streams else {
            throw fail(
                "error: with cdc.snapshot.mode: snapshot_only no daemon streams that could be asked", .configuration)
        }
        guard settings.cdc.snapshot.onDemand != .off else {
            throw fail(
                "error: the daemon takes no requests for snapshots: cdc.snapshot.onDemand is off\n"
                    + "set it to signed, with cdc.snapshot.requestSecretFile, and reload the daemon", .configuration)
        }
        guard let name = TableName(sql: table) else { preconditionFailure("a table's name was validated before") }
        do {
            let connection = try Connection(settings.connectionParameters)
            if try ServerIdentity.read(on: connection).isInRecovery {
                throw fail(
                    "error: the server is a standby, where no request can be written\nname the primary in cdc.host",
                    .unavailable)
            }
            if cancel { return try withdraw(name, settings, on: connection) }
            let request = try RequestedTable.read(
                RelationName(name), settings, on: connection)
            var findings = RequestFindings.evaluate(settings, request, connection.quoting)
            if let finding = try conditionFinding(name, request, settings, on: connection) { findings.append(finding) }
            for finding in findings { StandardStream.error.line("\(finding)") }
            let status = OnlineFindings.status(findings)
            guard status == .success else {
                throw fail("nothing was asked for", status)
            }
            let lsn = try emit(
                SnapshotRequest(table: name, condition: condition, slot: settings.cdc.slot.name), settings,
                on: connection)
            StandardStream.output.line(report(name, request, at: lsn, settings))
        } catch let error as PostgresError {
            let remedy = DatabaseFailure.finding(error, settings, .standard)
            throw fail("\(error.sqlState == "42501" ? emitting(error, settings) : remedy)", ExitStatus(error))
        }
    }

    /// Withdraws what was asked for, whether or not the table could be asked for now.
    private func withdraw(_ name: TableName, _ settings: Settings, on connection: Connection) throws {
        let lsn = try emit(
            SnapshotRequest(table: name, slot: settings.cdc.slot.name, isCancellation: true), settings,
            on: connection)
        StandardStream.output.line(
            """
            withdrew every request for a snapshot of table "\(name)", at \(lsn)
            The daemon on slot "\(settings.cdc.slot.name)" stops when it has streamed up to there. Rows that it has sent stay.
            """)
    }

    /// What keeps the condition from being asked for, as the daemon would find it.
    private func conditionFinding(
        _ name: TableName, _ request: RequestedTable, _ settings: Settings, on connection: Connection
    ) throws(PostgresError) -> Finding? {
        guard let condition, let relation = request.snapshot.leaves?.first?.relation else { return nil }
        let unknown = RowPlan.unknownTypes(in: relation)
        let types = unknown.isEmpty ? [:] : try TypeDescription.read(unknown, on: connection)
        let rule = settings.mapping.rule(for: name)
        let hidesColumns = settings.requestPolicy.hidesColumns
        do throws(FilterError) {
            _ = try RowCondition.parse(condition).plan(for: relation, types: types) { column in
                hidesColumns && rule?.hides(column) == true
            }
            return nil
        } catch {
            return .error(Self.text(of: error), mend: "see filter in docs/mapping.md for what can be written")
        }
    }

    private static func text(of error: FilterError) -> String {
        "--where, at character \(error.offset + 1): \(error) (it is written like a filter of the mapping, and is no SQL)"
    }

    /// Writes the request, signed where the daemon wants that. A signature holds for one transaction and a minute.
    private func emit(
        _ request: SnapshotRequest, _ settings: Settings, on connection: Connection
    ) throws -> LSN {
        var request = request
        let action = "write the request for a snapshot of table \"\(request.table)\""
        try connection.query("BEGIN", to: action)
        if case .signed(let key) = settings.requestPolicy {
            let result = try connection.query(
                "SELECT pg_catalog.pg_current_xact_id(), pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp()))::bigint",
                to: action)
            guard let xid = result[0, 0].flatMap({ UInt64($0) }), let issued = result[0, 1].flatMap({ UInt64($0) })
            else {
                throw PostgresError(
                    .unexpectedAnswer, action: action, reason: "the server answered no transaction and time")
            }
            let identity = try identity(settings)
            guard let signed = key.sign(request, for: identity, xid: xid, issued: issued) else {
                throw fail("error: could not sign the request: libcrypto has no HMAC-SHA-256", .unavailable)
            }
            request = signed
        }
        let result = try connection.query(
            "SELECT pg_catalog.pg_logical_emit_message(true, $1, $2)",
            [SnapshotRequest.prefix, String(decoding: request.json, as: UTF8.self)], to: action)
        try connection.query("COMMIT", to: action)
        guard let lsn = result[0, 0].flatMap({ LSN($0) }) else {
            throw PostgresError(.unexpectedAnswer, action: action, reason: "the server answered no LSN")
        }
        return lsn
    }

    /// Whose request it is. A replication connection tells the system's identifier to every role that may stream.
    private func identity(_ settings: Settings) throws(PostgresError) -> PipelineIdentity {
        let server = try ServerIdentity.read(on: Connection(settings.connectionParameters.forReplication))
        return PipelineIdentity(
            systemIdentifier: server.systemIdentifier.map { "\($0)" } ?? "", database: server.database,
            slot: settings.cdc.slot.name)
    }

    private func report(
        _ name: TableName, _ request: RequestedTable, at lsn: LSN, _ settings: Settings
    ) -> String {
        let leaves = request.snapshot.leaves ?? []
        let rows = leaves.reduce(Int?(0)) { sum, leaf in sum.flatMap { sum in leaf.estimatedRows.map { sum + $0 } } }
        let size = rows.map { ", about \($0) rows" } ?? ""
        let parts = leaves.count == 1 ? "" : " in \(leaves.count) partitions"
        return """
            asked for a snapshot of table "\(name)"\(size)\(parts), at \(lsn)
            The daemon on slot "\(settings.cdc.slot.name)" begins when it has streamed up to there, and logs its progress; \
            pg_replication_slots.confirmed_flush_lsn says how far it is.
            """
    }

    private func emitting(_ error: PostgresError, _ settings: Settings) -> Finding {
        let role = SQLQuoting.standard.identifier(settings.cdc.username)
        return .error(
            "\(error)",
            mend: "GRANT EXECUTE ON FUNCTION pg_logical_emit_message(boolean, text, text) TO \(role); "
                + "from PostgreSQL 17 on (boolean, text, text, boolean)", .permission)
    }

    private func fail(_ text: String, _ status: ExitStatus) -> ExitCode {
        StandardStream.error.line(text)
        return status.exitCode
    }
}
