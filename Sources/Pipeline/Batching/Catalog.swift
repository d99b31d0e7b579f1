public import ReplicationProtocol
public import RowMapping

/// What only the database knows of a table, and the stream does not say.
public protocol Catalog: Sendable {
    /// The primary key's columns in its own order, or nil for a table without one (or gone by now).
    func primaryKey(of relation: OID) async throws(PipelineError) -> [String]?

    /// Those of the relation's columns that the server never sends: generated ones that the publication leaves out, and
    /// those that its column list leaves out.
    func unsentColumns(_ columns: [String], of relation: OID) async throws(PipelineError) -> [String]

    /// Types that are not built in; those that no longer exist are left out.
    func types(_ oids: Set<OID>) async throws(PipelineError) -> [OID: TypeDescription]

    /// The types' names with their modifiers, as SQL writes them, in the order of `types`.
    func typeNames(_ types: [(type: OID, modifier: Int32)]) async throws(PipelineError) -> [String]

    /// The texts that `columns` hold now in the one row with that key, each nil for NULL; they may be newer than the
    /// change that is being read. nil where no row has the key any more, or the columns are gone or renamed.
    ///
    /// - Parameter key: each column with its value as the stream has it.
    func reselect(
        _ columns: [String], of table: TableName, where key: [(column: String, value: [UInt8])]
    ) async throws(PipelineError) -> [[UInt8]?]?

    /// Whether the transaction is in the server's WAL; nil where that cannot be found out.
    func isCommitted(_ mark: TransactionMark) async -> Bool?

    /// The end of the server's WAL: whatever a question before this one has seen was committed below it.
    func walEnd() async throws(PipelineError) -> LSN
}
