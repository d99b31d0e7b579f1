import LinuxSupport
import Pipeline
import Postgres
import ReplicationProtocol
import RowMapping

/// Asks on connections beside the streaming one, which takes no questions.
///
/// What comes with a Relation message is rare and gets a connection made for it; what comes with a row gets one that
/// stays open.
struct PostgresCatalog: Catalog {
    private let parameters: ConnectionParameters
    private let publication: String
    private let rows: KeptConnection

    /// - Parameter publication: what decides which columns are sent.
    init(parameters: ConnectionParameters, publication: String) {
        self.parameters = parameters
        self.publication = publication
        // A row that a policy hides would look as if it had been deleted. With this the server refuses to hide any.
        rows = KeptConnection(parameters, preparation: "SET row_security = off")
    }

    func primaryKey(of relation: OID) async throws(PipelineError) -> [String]? {
        // On the connection that stays open: tables come by the thousand when a stream begins.
        let columns = try await onThread("pg-catalog") { () throws(PostgresError) in
            try rows.ask { connection throws(PostgresError) in try connection.primaryKey(of: relation) }
        }
        return columns.isEmpty ? nil : columns
    }

    func unsentColumns(_ columns: [String], of relation: OID) async throws(PipelineError) -> [String] {
        let publication = publication
        return try await ask { connection throws(PostgresError) in
            try connection.unsentColumns(of: relation, publication: publication).filter(columns.contains)
        }
    }

    func types(_ oids: Set<OID>) async throws(PipelineError) -> [OID: TypeDescription] {
        try await ask { connection throws(PostgresError) in try TypeDescription.read(oids, on: connection) }
    }

    func typeNames(_ types: [(type: OID, modifier: Int32)]) async throws(PipelineError) -> [String] {
        try await ask { connection throws(PostgresError) in try connection.typeNames(types) }
    }

    func reselect(
        _ columns: [String], of table: TableName, where key: [(column: String, value: [UInt8])]
    ) async throws(PipelineError) -> [[UInt8]?]? {
        try await onThread("pg-reselect", .rows) { () throws(PostgresError) in
            try rows.ask { connection throws(PostgresError) in
                try connection.reselect(columns, of: RelationName(table), where: key)
            }
        }
    }

    func isCommitted(_ mark: TransactionMark) async -> Bool? {
        let parameters = parameters
        let finding = try? await onThread("pg-wal") { () throws(PostgresError) in
            try Connection(parameters.forReplication).commitRecord(at: mark.commit)
        }
        return mark.isCommitted(finding ?? nil)
    }

    func walEnd() async throws(PipelineError) -> LSN {
        try await onThread("pg-reselect") { () throws(PostgresError) in
            try rows.ask { connection throws(PostgresError) in try connection.walEnd() }
        }
    }

    private func ask<Answer: Sendable>(
        _ question: @escaping @Sendable (Connection) throws(PostgresError) -> Answer
    ) async throws(PipelineError) -> Answer {
        try await onThread("pg-catalog") { () throws(PostgresError) in try question(Connection(parameters)) }
    }

    private func onThread<Answer: Sendable>(
        _ name: String, _ statement: SourceFailure.Statement = .catalog,
        _ body: @escaping @Sendable () throws(PostgresError) -> Answer
    ) async throws(PipelineError) -> Answer {
        try await DedicatedThread.run(name: name) { () throws(PipelineError) in
            do throws(PostgresError) {
                return try body()
            } catch {
                throw PipelineError(source: error, statement)
            }
        }
    }
}
