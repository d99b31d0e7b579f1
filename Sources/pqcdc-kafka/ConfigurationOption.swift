import ArgumentParser
import Configuration
import Kafka
import Pipeline

/// `--config FILE`, the same for every command.
struct ConfigurationOption: ParsableArguments {
    @Option(
        name: [.customLong("config"), .customShort("c")],
        help: ArgumentHelp("The YAML configuration file.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var path: String

    /// What came of a file of which not every value could be got at.
    struct Loaded {
        var settings: Settings
        /// The SHA-256 of the file that was read.
        var hash: String?
        /// Values that stand in ``settings`` as stand-ins only.
        var unreadable: [UnreadableValue]
    }

    /// Loads the file with all its values; its diagnostics go to standard error, and errors among them end the command.
    func loadWithHash() throws(ExitCode) -> (settings: Settings, hash: String?) {
        let loaded = try load(tolerating: .none)
        return (loaded.settings, loaded.hash)
    }

    /// Loads the file for a command that needs only the values of some keys: what only the service can get at, such as
    /// systemd's credentials, ends the command only where it is needed.
    func load(needing isNeeded: (_ key: String) -> Bool) throws(ExitCode) -> Loaded {
        let loaded = try load(tolerating: .all, showsNotes: false)
        try loaded.require(path, isNeeded)
        return loaded
    }

    /// Loads the file; `showsNotes` says whether values that were left out are told.
    func load(tolerating tolerance: UnreadableValue.Tolerance, showsNotes: Bool = true) throws(ExitCode) -> Loaded {
        let result = ConfigurationFile.load(
            path: path, environment: ProcessEnvironment.current,
            // A command that needs few of the values has no use for the files beside them.
            machine: showsNotes ? MachineChecks(property: ClientProperties.obstacle) : nil, tolerating: tolerance)
        for diagnostic in result.diagnostics where showsNotes || diagnostic.severity != .note {
            StandardStream.error.line(diagnostic.rendered)
        }
        guard let settings = result.settings else { throw ExitStatus.configuration.exitCode }
        return Loaded(settings: settings, hash: result.fileHash, unreadable: result.unreadable)
    }
}

extension ConfigurationOption.Loaded {
    /// Ends the command when a value is needed that could not be got at, with how to call it where the service has it.
    func require(_ path: String, _ isNeeded: (_ key: String) -> Bool) throws(ExitCode) {
        let missing = unreadable.filter { isNeeded($0.key) }
        guard !missing.isEmpty else { return }
        for value in missing { StandardStream.error.line(value.diagnostic.rendered) }
        StandardStream.error.line(UnreadableValue.advice)
        throw ExitStatus.configuration.exitCode
    }
}

extension UnreadableValue {
    /// How to call a command with what systemd shows to the service only; docs/runbook.md has more.
    static let advice = """
        what systemd gives to the service only, this command gets where it is called in the same way, as root:
            while the service runs: env CREDENTIALS_DIRECTORY=/run/credentials/pqcdc-kafka.service pqcdc-kafka …
            else: systemd-run --pipe --wait --collect -p LoadCredential=NAME:/PATH \\
                -p EnvironmentFile=-/etc/pqcdc-kafka/pqcdc-kafka.env pqcdc-kafka …
        """
}
