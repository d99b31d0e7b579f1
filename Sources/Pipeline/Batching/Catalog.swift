public import ReplicationProtocol
public import RowMapping

/// What only the database's catalog knows of a table.
public protocol Catalog: Sendable {
    /// The primary key's columns in its own order, or nil for a table without one (or gone by now).
    func primaryKey(of relation: OID) async throws(PipelineError) -> [String]?

    /// Types that are not built in; those that no longer exist are left out.
    func types(_ oids: Set<OID>) async throws(PipelineError) -> [OID: TypeDescription]
}
