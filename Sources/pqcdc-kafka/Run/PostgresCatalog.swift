import LinuxSupport
import Pipeline
import Postgres
import ReplicationProtocol

/// Asks the catalog on a connection of its own, made for each question: questions come with Relation messages, which
/// are rare, and the streaming connection takes none.
struct PostgresCatalog: Catalog {
    let parameters: ConnectionParameters

    func primaryKey(of relation: OID) async throws(PipelineError) -> [String]? {
        let columns = try await DedicatedThread.run(name: "pg-catalog") { () throws(PipelineError) in
            do {
                return try Connection(parameters).primaryKey(of: relation)
            } catch {
                throw PipelineError(source: error)
            }
        }
        return columns.isEmpty ? nil : columns
    }
}
