import LinuxSupport
import Pipeline
import Postgres

/// PostgreSQL, as the pipeline sees it.
struct PostgresSource: ReplicationSource {
    let parameters: ConnectionParameters
    let publication: String
    let slot: String

    func connect(interruptedBy wakeup: Wakeup) throws(PipelineError) -> any SourceConnection {
        do {
            let connection = try Connection(parameters.forReplication, interruptedBy: wakeup)
            let server = try ServerIdentity.read(on: connection)
            guard (14...18).contains(server.majorVersion) else {
                throw PipelineError.unfit(.unsupportedServer(version: server.versionText))
            }
            guard server.walLevel == "logical" else { throw PipelineError.unfit(.walLevel(server.walLevel)) }
            return PostgresSourceConnection(connection, server: server, publication: publication, slot: slot)
        } catch {
            throw PipelineError(source: error)
        }
    }
}

extension PipelineError {
    /// What a call of the `Postgres` module threw, as the pipeline's error.
    init(source error: any Error) {
        switch error {
        case let error as PipelineError: self = error
        case let error as PostgresError:
            self = error.kind == .interrupted
                ? .stopped : .source(SourceFailure(error.description, sqlState: error.sqlState))
        default: preconditionFailure("the Postgres module throws its own error only")
        }
    }
}
