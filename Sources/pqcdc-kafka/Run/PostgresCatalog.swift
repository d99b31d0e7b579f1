import LinuxSupport
import Pipeline
import Postgres
import ReplicationProtocol
import RowMapping

/// Asks the catalog on a connection of its own, made for each question: questions come with Relation messages, which
/// are rare, and the streaming connection takes none.
struct PostgresCatalog: Catalog {
    let parameters: ConnectionParameters

    func primaryKey(of relation: OID) async throws(PipelineError) -> [String]? {
        let columns = try await ask { connection throws(PostgresError) in try connection.primaryKey(of: relation) }
        return columns.isEmpty ? nil : columns
    }

    func types(_ oids: Set<OID>) async throws(PipelineError) -> [OID: TypeDescription] {
        let states = try await ask { connection throws(PostgresError) in try connection.types(oids) }
        var descriptions: [OID: TypeDescription] = [:]
        for oid in oids where states[oid] != nil {
            let base = Self.base(of: oid, states)
            let element = states[base]?.element
            descriptions[oid] = TypeDescription(
                base: base, element: element.map { Self.base(of: $0, states) },
                delimiter: element.flatMap { states[$0]?.delimiter } ?? UInt8(ascii: ","))
        }
        return descriptions
    }

    /// The type below all domains.
    private static func base(of oid: OID, _ states: [OID: Connection.TypeState]) -> OID {
        var oid = oid
        while let base = states[oid]?.domainBase { oid = base }
        return oid
    }

    private func ask<Answer: Sendable>(
        _ question: @escaping @Sendable (Connection) throws(PostgresError) -> Answer
    ) async throws(PipelineError) -> Answer {
        try await DedicatedThread.run(name: "pg-catalog") { () throws(PipelineError) in
            do throws(PostgresError) {
                return try question(Connection(parameters))
            } catch {
                throw PipelineError(source: error)
            }
        }
    }
}
