import Configuration
import Logging
import Pipeline
import Postgres
import ReplicationProtocol
import RowMapping

/// A connection that reads tables for a snapshot.
///
/// Where the role's `statement_timeout` ends a statement, the rest of its rows is read by another one, in the same
/// transaction, so that no row comes twice.
final class PostgresSnapshotReader: SnapshotReader {
    /// The part of a table that is being read.
    private struct Part {
        let leaf: SnapshotLeaf
        /// The statement at hand reads the rows behind this one…
        var start: TupleID
        /// …below this page.
        var end: UInt32
        /// Where the part ends.
        let last: UInt32
    }

    private let connection: SnapshotConnection
    private let snapshot: SnapshotSettings
    private let logger: Logger
    private var rows: CopyOut?
    private var part: Part?
    /// Pages that one statement reads of the table at hand, since more took too long.
    private var limit: (table: TableName, pages: UInt32)?
    private var isTimeoutLogged = false

    init(_ connection: SnapshotConnection, snapshot: SnapshotSettings, logger: Logger) {
        self.connection = connection
        self.snapshot = snapshot
        self.logger = logger
    }

    func begin(importing snapshot: String) throws(PipelineError) {
        try asking { () throws(PostgresError) in
            try connection.begin(importing: snapshot)
            try connection.mark()
        }
    }

    func claim(_ leaf: SnapshotLeaf) throws(PipelineError) -> Bool {
        try asking { () throws(PostgresError) in
            do throws(PostgresError) {
                if try connection.claim(
                    RelationName(leaf.table), oid: leaf.oid, fileNode: leaf.fileNode,
                    columns: leaf.relation.columns.map(\.name))
                {
                    try connection.mark()
                    return true
                }
            } catch {
                // undefined_table, invalid_schema_name, undefined_column: dropped or renamed since it was planned for.
                guard let state = error.sqlState, ["42P01", "3F000", "42703"].contains(state) else { throw error }
            }
            // And whoever waits for the lock is let through.
            try connection.undo()
            return false
        }
    }

    // MARK: Rows

    func copy(_ leaf: SnapshotLeaf, pages: Range<UInt32>) throws(PipelineError) {
        part = Part(
            leaf: leaf, start: TupleID(page: pages.lowerBound, item: 0), end: pages.lowerBound, last: pages.upperBound)
        try asking { () throws(PostgresError) in try copyNext(behind: TupleID(page: pages.lowerBound, item: 0)) }
    }

    func nextRow(after last: TupleID) throws(PipelineError) -> UnsafeMutableRawBufferPointer? {
        while true {
            do throws(PostgresError) {
                if let row = try rows?.next() { return row }
            } catch {
                try asking { () throws(PostgresError) in try goOn(after: error, behind: last) }
                continue
            }
            guard let part, part.end < part.last else { return nil }
            try asking { () throws(PostgresError) in try copyNext(behind: TupleID(page: part.end, item: 0)) }
        }
    }

    /// Begins with the next statement of the part, or with the rest of the one that was cancelled.
    private func copyNext(behind start: TupleID) throws(PostgresError) {
        guard var part else { preconditionFailure("rows are of a part of a table") }
        part.start = start
        part.end = part.last
        if let limit, limit.table == part.leaf.table, start.page < part.last, limit.pages < part.last - start.page {
            part.end = start.page + limit.pages
        }
        self.part = part
        let statement = SnapshotTable.copyStatement(
            RelationName(part.leaf.table), columns: part.leaf.relation.columns.map(\.name), behind: start,
            below: part.end,
            conditions: [part.leaf.rowFilter, snapshot.condition(of: part.leaf.name)].compactMap { $0 },
            connection.connection.quoting)
        rows = nil
        do throws(PostgresError) {
            rows = try connection.copy(statement, to: "read the table \"\(part.leaf.table)\"")
        } catch {
            try goOn(after: error, behind: start)
        }
    }

    /// Reads on behind the last row that has come, where a statement took too long; smaller parts, where none has come.
    private func goOn(after error: PostgresError, behind last: TupleID) throws(PostgresError) {
        // query_canceled: by statement_timeout, or by somebody.
        guard error.sqlState == "57014", let part else { throw error }
        rows = nil
        try connection.undo()
        let hasRows = last > part.start
        let pages = part.end - min(part.start.page, part.end)
        guard hasRows || pages > 1 else {
            var error = error
            error.action = "read page \(part.start.page) of the table \"\(part.leaf.table)\""
            error.reason += ", before the page's first row had come (statement_timeout is \(try statementTimeout()))"
            throw error
        }
        if !hasRows { limit = (part.leaf.table, (pages + 1) / 2) }
        if !isTimeoutLogged {
            isTimeoutLogged = true
            let timeout = try statementTimeout()
            logger.warning(
                "the reading of a table was cancelled; the rest of the chunk is read by another statement",
                metadata: [
                    "table": "\(part.leaf.table)", "reason": "\(error.reason)",
                    "statement_timeout": "\(timeout)", "chunkSize": "\(snapshot.chunkSize)",
                    "advice": "make cdc.snapshot.chunkSize smaller, or the role's statement_timeout longer",
                ])
        }
        try copyNext(behind: hasRows ? last : part.start)
    }

    private func statementTimeout() throws(PostgresError) -> String {
        try connection.connection.query("SHOW statement_timeout", to: "read the setting statement_timeout")[0, 0] ?? ""
    }

    // MARK: The end

    func end() throws(PipelineError) {
        try asking { () throws(PostgresError) in try connection.end() }
    }

    private func asking<Answer>(_ question: () throws(PostgresError) -> Answer) throws(PipelineError) -> Answer {
        do throws(PostgresError) {
            return try question()
        } catch {
            throw PipelineError(source: error)
        }
    }
}
