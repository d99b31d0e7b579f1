import Configuration
import Pipeline
import Postgres
import ReplicationProtocol
import RowMapping

/// A connection that reads tables for a snapshot.
final class PostgresSnapshotReader: SnapshotReader {
    private let connection: SnapshotConnection
    private let snapshot: SnapshotSettings
    private var rows: CopyOut?

    init(_ connection: SnapshotConnection, snapshot: SnapshotSettings) {
        self.connection = connection
        self.snapshot = snapshot
    }

    func begin(importing snapshot: String) throws(PipelineError) {
        do { try connection.begin(importing: snapshot) } catch { throw PipelineError(source: error) }
    }

    func claim(_ leaf: SnapshotLeaf) throws(PipelineError) -> Bool {
        do {
            return try connection.claim(RelationName(leaf.table), oid: leaf.oid, fileNode: leaf.fileNode)
        } catch {
            // undefined_table, invalid_schema_name: dropped since it was planned for.
            if error.sqlState == "42P01" || error.sqlState == "3F000" { return false }
            throw PipelineError(source: error)
        }
    }

    func copy(_ leaf: SnapshotLeaf, pages: Range<UInt32>) throws(PipelineError) {
        let statement = SnapshotTable.copyStatement(
            RelationName(leaf.table), columns: leaf.relation.columns.map(\.name), pages: pages,
            conditions: [leaf.rowFilter, snapshot.condition(of: leaf.name)].compactMap { $0 },
            connection.connection.quoting)
        do {
            rows = nil
            rows = try connection.copy(statement, to: "read the table \"\(leaf.table)\"")
        } catch {
            throw PipelineError(source: error)
        }
    }

    func nextRow() throws(PipelineError) -> UnsafeMutableRawBufferPointer? {
        do throws(PostgresError) {
            return try rows?.next() ?? nil
        } catch {
            throw PipelineError(source: error)
        }
    }

    func end() throws(PipelineError) {
        do { try connection.end() } catch { throw PipelineError(source: error) }
    }
}
