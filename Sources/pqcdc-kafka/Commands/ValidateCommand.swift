import ArgumentParser
import Configuration
import Kafka
import Pipeline
import Postgres

/// `pqcdc-kafka validate`.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Checks the configuration, and with --online the servers that it names.",
        discussion: """
            Reports everything that is wrong at once, each error with its line. With --online it also asks \
            PostgreSQL and Kafka whether they are ready for this configuration, changes nothing, and prints with \
            each finding the SQL or the command that mends it. An error would stop the daemon or lose changes; a \
            warning is probably not what you want; a note is worth knowing. A secret that only the service can read is a \
            note, and an error with --online, which needs it.

            With --explain it prints what each rule comes to: topic, key, columns left out and masked, and so on; with \
            --online of each table of the publication, those without a rule too.

            \(ExitStatus.discussion)
            """)

    @OptionGroup var file: ConfigurationOption

    @Flag(help: "Also check PostgreSQL and Kafka.")
    var online = false

    @Flag(help: "Print what each table's rule comes to.")
    var explain = false

    func run() throws {
        let loaded = try file.load(tolerating: .secrets, showsNotes: !online)
        let settings = loaded.settings
        if online { try loaded.require(file.path) { _ in true } }
        StandardStream.output.line("\(file.path) is valid")
        if !explain { StandardStream.output.line(ConfigurationSummary.text(settings)) }
        guard online else {
            if explain { show(RuleExplanation.ofFile(settings)) }
            return
        }
        let findings = inspect(settings)
        for finding in findings { StandardStream.error.line("\(finding)") }
        let errors = findings.count { $0.severity == .error }
        let warnings = findings.count { $0.severity == .warning }
        guard errors == 0 else {
            StandardStream.output.line("not ready: \(count(errors, "error")), \(count(warnings, "warning"))")
            throw OnlineFindings.status(findings).exitCode
        }
        StandardStream.output.line("ready to run" + (warnings == 0 ? "" : ", with \(count(warnings, "warning"))"))
    }

    private func show(_ explanations: [Explanation]) {
        for explanation in explanations { StandardStream.output.line("\n\(explanation)") }
    }

    private func count(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }

    /// Asks both sides, so that one that is down does not hide what the other has to say.
    private func inspect(_ settings: Settings) -> [Finding] {
        var quoting = SQLQuoting.standard
        // It holds the connection whose quoting the findings use.
        let connection = Result { () throws(PostgresError) in try Connection(settings.connectionParameters) }
        var database = connection.flatMap { connection in
            Result { () throws(PostgresError) in
                quoting = connection.quoting
                var state = try DatabaseState.readWithShapes(settings, on: connection)
                if settings.streams, state.role?.canReplicate == true {
                    // As run connects; and only so the server always tells its system identifier.
                    let connection = try Connection(settings.connectionParameters.forReplication)
                    state.server.systemIdentifier = try ServerIdentity.read(on: connection).systemIdentifier
                    state.timeline = try connection.timeline(isStandby: state.server.isInRecovery)
                }
                StandardStream.output.line(
                    "PostgreSQL \(state.server.versionText), database \"\(state.server.database)\", "
                        + "as role \"\(settings.cdc.username)\"")
                return state
            }
        }
        let state = try? database.get()
        if explain {
            show(state.map { RuleExplanation.ofPublication(settings, $0) } ?? RuleExplanation.ofFile(settings))
            StandardStream.output.line("")
        }
        let cluster = Result { () throws(KafkaError) in
            let topics = settings.topics(settings.mappedTables(state)).map(\.topic)
            let report = try ClusterReport.read(
                settings.clientProperties, topics: topics + [settings.kafka.stateTopic].compactMap { $0 })
            let brokers = report.cluster.brokers.sorted { $0.key < $1.key }.map(\.value)
            StandardStream.output.line("Kafka, brokers \(brokers.joined(separator: ", "))")
            return report
        }
        let position = Result<PositionState?, PipelineError> { () throws(PipelineError) in
            guard case .success = cluster, let identity = state.flatMap({ settings.identity(at: $0.server) }) else {
                return nil
            }
            var position = try PositionState.read(settings, identity)
            if let slot = state?.slot, let mark = position?.awaited(slot, settings) {
                position?.isMarkCommitted = mark.isCommitted(
                    try? Connection(settings.connectionParameters.forReplication).commitRecord(at: mark.commit))
            }
            return position
        }
        // A daemon that streams moves its position while we look, and it must not seem to be beyond the WAL's end.
        if var state, let connection = try? connection.get(), let end = try? connection.walEnd() {
            state.server.currentLSN = max(end, state.server.currentLSN)
            database = .success(state)
        }
        return OnlineFindings.evaluate(
            settings, database: database, cluster: cluster, position: position, quoting: quoting)
    }
}
