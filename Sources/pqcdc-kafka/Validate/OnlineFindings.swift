import Configuration
import Kafka
import Pipeline
import Postgres
import ReplicationProtocol

/// The findings of `validate --online`, from what the servers answered. Pure.
enum OnlineFindings {
    /// - Parameters:
    ///   - database: what the database has, or why it did not say.
    ///   - cluster: what the cluster has, or why it did not say.
    ///   - position: what the state topic has of this pipeline; nil where it was not asked.
    static func evaluate(
        _ settings: Settings, database: Result<DatabaseState, PostgresError>,
        cluster: Result<ClusterReport, KafkaError>, position: Result<PositionState?, PipelineError> = .success(nil),
        quoting: SQLQuoting
    ) -> [Finding] {
        var findings: [Finding] = []
        switch database {
        case .success(let state):
            let known = (try? position.get())?.kept.position?.lsn
            findings += evaluate(settings, state, after: known, quoting)
            findings += PositionFindings.evaluate(settings, state, position)
        case .failure(let error): findings.append(DatabaseFailure.finding(error, settings, quoting))
        }
        let tables = settings.mappedTables(try? database.get())
        findings += TopicFindings.unchecked(tables)
        switch cluster {
        case .success(let report):
            findings += BrokerFindings.evaluate(settings, report)
            findings += TopicFindings.evaluate(settings, tables, report)
            findings += StateTopicFindings.evaluate(settings, report)
            findings += DeliveryFindings.evaluate(
                settings, report, systemIdentifier: try? database.get().server.systemIdentifier)
        case .failure(let error): findings.append(ClusterFailure.finding(error, settings))
        }
        return findings
    }

    /// - Parameter position: what Kafka has; nil where that is not known.
    static func evaluate(
        _ settings: Settings, _ state: DatabaseState, after position: LSN? = nil, _ quoting: SQLQuoting
    ) -> [Finding] {
        guard settings.streams else {
            return ServerFindings.version(state) + ServerFindings.encoding(state)
                + SnapshotFindings.evaluate(settings, state, quoting) + ShapeFindings.evaluate(settings, state)
        }
        return ServerFindings.evaluate(settings, state)
            + RoleFindings.evaluate(settings, state, quoting)
            + SlotFindings.evaluate(settings, state, after: position, quoting)
            + PublicationFindings.evaluate(settings, state, quoting)
            + KeyFindings.evaluate(settings, state, quoting)
            + OldRowFindings.evaluate(settings, state, quoting)
            + ShapeFindings.evaluate(settings, state)
            + SnapshotFindings.evaluate(settings, state, quoting)
            + OpenTransactionFindings.evaluate(settings, state, quoting)
    }

    /// What a person must mend comes before what a retry may: 78 before 77 before 69.
    static func status(_ findings: [Finding]) -> ExitStatus {
        let statuses = findings.filter { $0.severity == .error }.map(\.status)
        return statuses.max { $0.rawValue < $1.rawValue } ?? .success
    }
}
