import Configuration
import Logging
import Pipeline
import Postgres
import ReplicationProtocol
import RowMapping

/// A connection that reads tables for a snapshot.
///
/// Where the role's `statement_timeout` ends a statement, its rows are read again by shorter ones, in the same transaction,
/// which has them in the same order: those that have come are passed over, so that no row comes twice.
final class PostgresSnapshotReader: SnapshotReader {
    /// The part of a table that is being read.
    private struct Part {
        let leaf: SnapshotLeaf
        /// What the statement at hand reads.
        var pages: Range<UInt32>
        /// Where the part ends.
        let end: UInt32
    }

    private let connection: SnapshotConnection
    private let snapshot: SnapshotSettings
    private let logger: Logger
    private var rows: CopyOut?
    private var part: Part?
    /// Rows that have come of the pages from the statement's first on.
    private var came = 0
    /// How many of them the statement at hand is yet to repeat.
    private var repeats = 0
    /// Whether it has brought others.
    private var hasNews = false
    /// Pages that one statement reads of the table at hand, since more took too long.
    private var limit: (table: TableName, pages: UInt32)?
    private var isTimeoutLogged = false
    /// The role's, once a condition has needed it.
    private var searchPath: SearchPath?

    init(_ connection: SnapshotConnection, snapshot: SnapshotSettings, logger: Logger) {
        self.connection = connection
        self.snapshot = snapshot
        self.logger = logger
    }

    func begin(importing snapshot: String) throws(PipelineError) {
        try asking(.borrowing) { () throws(PostgresError) in
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
        part = Part(leaf: leaf, pages: pages, end: pages.upperBound)
        came = 0
        try asking { () throws(PostgresError) in try copyNext(from: pages.lowerBound) }
    }

    func nextRow() throws(PipelineError) -> UnsafeMutableRawBufferPointer? {
        while true {
            do throws(PostgresError) {
                while let row = try rows?.next() {
                    if repeats > 0 {
                        repeats -= 1
                        continue
                    }
                    came += 1
                    hasNews = true
                    return row
                }
            } catch {
                try asking { () throws(PostgresError) in try readAgain(after: error) }
                continue
            }
            guard let part, part.pages.upperBound < part.end else { return nil }
            // A shorter statement may end among the rows that have come.
            came = repeats
            try asking { () throws(PostgresError) in try copyNext(from: part.pages.upperBound) }
        }
    }

    /// Begins with the next statement of the part, or with a shorter one in place of the one that was cancelled.
    private func copyNext(from page: UInt32) throws(PostgresError) {
        guard var part else { preconditionFailure("rows are of a part of a table") }
        var end = part.end
        if let limit, limit.table == part.leaf.table, page < end { end = min(end - page, limit.pages) + page }
        part.pages = page..<end
        self.part = part
        repeats = came
        hasNews = false
        let condition = snapshot.condition(of: part.leaf.name)
        if condition != nil, searchPath == nil { searchPath = try SearchPath.read(ofRoleOf: connection.connection) }
        let statement = SnapshotTable.copyStatement(
            RelationName(part.leaf.table), columns: part.leaf.relation.columns.map(\.name), pages: part.pages,
            conditions: [part.leaf.rowFilter, condition].compactMap { $0 },
            connection.connection.quoting)
        rows = nil
        do throws(PostgresError) {
            try connection.search(condition == nil ? nil : searchPath)
            rows = try connection.copy(statement, to: "read the table \"\(part.leaf.table)\"")
        } catch {
            try readAgain(after: error)
        }
    }

    /// Reads half as many pages at once where a statement took too long, down to one page as long as that brings rows.
    private func readAgain(after error: PostgresError) throws(PostgresError) {
        // query_canceled: by statement_timeout, or by somebody.
        guard error.sqlState == "57014", let part else { throw error }
        rows = nil
        try connection.undo()
        guard part.pages.count > 1 || hasNews else {
            var error = error
            error.action = "read page \(part.pages.lowerBound) of the table \"\(part.leaf.table)\""
            error.reason += ", before another row of the page had come (statement_timeout is \(try statementTimeout()))"
            throw error
        }
        limit = (part.leaf.table, UInt32((part.pages.count + 1) / 2))
        if !isTimeoutLogged {
            isTimeoutLogged = true
            let timeout = try statementTimeout()
            logger.warning(
                "the reading of a table was cancelled; the rest of the chunk is read by shorter statements",
                metadata: [
                    "table": "\(part.leaf.table)", "reason": "\(error.reason)",
                    "statement_timeout": "\(timeout)", "chunkSize": .stringConvertible(snapshot.chunkSize),
                    "advice": "make cdc.snapshot.chunkSize smaller, or the role's statement_timeout longer",
                ])
        }
        try copyNext(from: part.pages.lowerBound)
    }

    private func statementTimeout() throws(PostgresError) -> String {
        try connection.connection.query("SHOW statement_timeout", to: "read the setting statement_timeout")[0, 0] ?? ""
    }

    // MARK: The end

    func end() throws(PipelineError) {
        try asking(.catalog) { () throws(PostgresError) in try connection.end() }
    }

    private func asking<Answer>(
        _ statement: SourceFailure.Statement = .rows, _ question: () throws(PostgresError) -> Answer
    ) throws(PipelineError) -> Answer {
        do throws(PostgresError) {
            return try question()
        } catch {
            throw PipelineError(source: error, statement)
        }
    }
}
