import ArgumentParser
import Configuration
import Kafka
import Pipeline
import Postgres

/// `pqcdc-kafka setup`.
struct SetupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup",
        abstract:
            "Makes what the configuration needs: publication, slot, replica identities, role, and in Kafka the state topic.",
        discussion: """
            Compares PostgreSQL with the configuration and runs only what differs, printing each statement; a second \
            run changes nothing. If a statement fails, what this run had changed is undone. First it creates \
            kafka.stateTopic where that is missing; if Kafka cannot be asked, nothing is changed at all. The topic \
            stays, whatever happens later, and --drop leaves it too. The tables are those of \
            cdc.publication.tables, or of mapping.tables where the file lists none; only listed ones are ever dropped \
            from a publication.

            It connects as --username, else as PGUSER with libpq's own sources (PGPASSWORD, .pgpass), else as the \
            configuration's role. A publication needs a role that owns its tables and may CREATE in the database; \
            a slot needs REPLICATION.

              pqcdc-kafka setup --config FILE --dry-run
              pqcdc-kafka setup --config FILE --username postgres --password-file /root/pg --create-role
              pqcdc-kafka setup --config FILE --drop --yes

            \(ExitStatus.discussion)
            """)

    @OptionGroup var file: ConfigurationOption

    @Option(help: "Connect as this role instead of the configuration's.")
    var username: String?

    @Option(
        help: ArgumentHelp("A file whose first line is that role's password.", valueName: "file"), completion: .file())
    var passwordFile: String?

    @Flag(help: "Print the SQL, and Kafka's commands as comments in it, and change nothing.")
    var dryRun = false

    @Flag(help: "Also create the configuration's role, with LOGIN, REPLICATION, its password and CONNECT.")
    var createRole = false

    @Flag(help: "Give up the changes that an existing slot holds from before the publication.")
    var advanceSlot = false

    @Flag(help: "Drop the slot and the publication; needs --yes.")
    var drop = false

    @Flag(help: "Yes, drop them.")
    var yes = false

    func validate() throws {
        if passwordFile != nil, username == nil, ProcessEnvironment.current["PGUSER"] == nil {
            throw ValidationError("--password-file needs --username")
        }
        if drop, createRole || advanceSlot {
            throw ValidationError("--drop goes with neither --create-role nor --advance-slot")
        }
        if yes, !drop { throw ValidationError("--yes means --drop") }
    }

    func run() throws {
        let settings = try file.load(needing: isNeeded).settings
        do {
            let connection = try Connection(try parameters(settings))
            let state = try DatabaseState.read(settings, on: connection)
            var session = SetupSession(settings: settings, path: file.path, connection: connection, state: state)
            if drop {
                try session.drop(confirmed: yes, dryRun: dryRun)
            } else {
                session.stateTopic = try StateTopicStep.find(settings)
                try session.make(createRole: createRole, advanceSlot: advanceSlot, dryRun: dryRun)
            }
        } catch let error as PostgresError {
            let remedy = SetupFailure.advice(for: error).map { "\n\($0)" } ?? ""
            throw fail("error: \(error)\(remedy)", ExitStatus(error))
        } catch let error as KafkaError {
            throw fail(
                "\(ClusterFailure.finding(error, settings))\nnothing was changed in PostgreSQL", ExitStatus(error))
        } catch let refusal as SetupRefusal {
            let reasons = refusal.reasons.map { "error: \($0)" }.joined(separator: "\n")
            throw fail("\(reasons)\nnothing was changed", refusal.status)
        } catch let failure as SetupFailure {
            throw fail("\(failure)", failure.status)
        } catch let error as PasswordFile.Unreadable {
            throw fail("error: \(error.reason)", .configuration)
        }
    }

    /// Whether the value of a key takes part in what was asked for.
    private func isNeeded(_ key: String) -> Bool {
        if key.hasPrefix("kafka.") { return !drop }
        // The role's password is for its own log-in, and for making it.
        if key == "cdc.password" || key == "cdc.passwordFile" { return createRole || !logsInAsAnother }
        return key.hasPrefix("cdc.") && key != "cdc.metric.port" || key.hasPrefix("mapping.tables.")
    }

    private var logsInAsAnother: Bool { username != nil || ProcessEnvironment.current["PGUSER"] != nil }

    private func fail(_ text: String, _ status: ExitStatus) -> ExitCode {
        StandardStream.error.line(text)
        return status.exitCode
    }

    private func parameters(_ settings: Settings) throws(PasswordFile.Unreadable) -> ConnectionParameters {
        let password = try passwordFile.map { path throws(PasswordFile.Unreadable) in try PasswordFile.read(path) }
        if logsInAsAnother {
            return settings.connectionParameters(user: username, password: password)
        }
        return settings.connectionParameters
    }
}
