import Configuration
import LinuxSupport
import Logging
import Pipeline
import Postgres
import RowMapping

/// PostgreSQL, as the pipeline sees it.
struct PostgresSource: ReplicationSource {
    let settings: Settings
    let logger: Logger

    func connect(interruptedBy wakeup: Wakeup) throws(PipelineError) -> any SourceConnection {
        let cdc = settings.cdc
        do {
            let connection = try Connection(settings.connectionParameters.forReplication, interruptedBy: wakeup)
            let server = try ServerIdentity.read(on: connection)
            if let problem = SourceCheck.server(server).first { throw PipelineError.unfit(problem) }
            if server.majorVersion > SourceCheck.supported.upperBound {
                logger.warning(
                    "PostgreSQL is newer than this version of pqcdc-kafka was tested with",
                    metadata: [
                        "version": "\(server.versionText)", "tested": "14 to 18",
                        "advice": "look for a newer version of pqcdc-kafka, and try it with a copy first",
                    ])
            }
            try createMissing(on: connection)
            return PostgresSourceConnection(
                connection, server: server, publication: cdc.publication.name, slot: cdc.slot.name,
                pipeline: cdc.pipeline,
                // Also where no rule asks for any: requests for snapshots are messages.
                messages: true)
        } catch {
            throw PipelineError(source: error)
        }
    }

    /// `createIfNotExists`: makes what is missing, or leaves nothing behind.
    private func createMissing(on connection: Connection) throws {
        do {
            let notes = try SetupRunner.createMissing(settings, on: connection) { statement in
                logger.notice("creating what is missing", metadata: ["sql": "\(statement)"])
            } onWait: { wait in
                logger.warning("\(wait)", metadata: ["advice": "end what is in its way, or wait until it ends"])
            }
            for note in notes { logger.notice("\(note)") }
        } catch let refusal as SetupRefusal {
            throw PipelineError.unfit(
                refusal.problems.first ?? .setupRefused(refusal.reasons.joined(separator: "; ")))
        } catch let failure as SetupFailure {
            for statement in failure.left {
                logger.error(
                    "a statement of createIfNotExists could not be undone",
                    metadata: ["sql": "\(statement)", "advice": "undo it by hand, or start again"])
            }
            throw failure.cause
        }
    }
}

extension PipelineError {
    /// What a call of the `Postgres` module threw, as the pipeline's error.
    ///
    /// - Parameter statement: what was asked, which decides what follows; see ``SourceFailure/Statement``.
    init(source error: any Error, _ statement: SourceFailure.Statement = .replication) {
        switch error {
        case let error as PipelineError: self = error
        case let error as PostgresError:
            if error.kind == .interrupted {
                self = .stopped
                return
            }
            var failure = SourceFailure(error.description, sqlState: error.sqlState, statement: statement)
            if let place = error.decoding, let lsn = place.lsn {
                failure.decoding = SourceFailure.Place(slot: place.slot, lsn: lsn)
            }
            self = .source(failure)
        default: preconditionFailure("the Postgres module throws its own error only")
        }
    }
}
