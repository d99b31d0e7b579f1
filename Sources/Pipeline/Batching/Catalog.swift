public import ReplicationProtocol
public import RowMapping

/// What only the database's catalog knows of a table.
public protocol Catalog: Sendable {
    /// The primary key's columns in its own order, or nil for a table without one (or gone by now).
    func primaryKey(of relation: OID) async throws(PipelineError) -> [String]?

    /// Types that are not built in; those that no longer exist are left out.
    func types(_ oids: Set<OID>) async throws(PipelineError) -> [OID: TypeDescription]

    /// The current texts of `columns`, nil for NULL, of the row with this key; nil where it is gone.
    func reselect(
        _ columns: [String], of table: TableName, where key: [(column: String, value: [UInt8])]
    ) async throws(PipelineError) -> [[UInt8]?]?

    /// What types are called with their modifiers, as SQL writes them.
    func typeNames(_ types: [(type: OID, modifier: Int32)]) async throws(PipelineError) -> [String]
}
