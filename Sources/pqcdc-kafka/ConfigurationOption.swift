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

    /// Loads the file; its diagnostics go to standard error, and errors among them end the command.
    func load() throws(ExitCode) -> Settings { try loadWithHash().settings }

    /// The same, with the hash of the file that was read.
    func loadWithHash() throws(ExitCode) -> (settings: Settings, hash: String?) {
        let result = ConfigurationFile.load(
            path: path, environment: ProcessEnvironment.current,
            machine: MachineChecks(property: ClientProperties.obstacle))
        for diagnostic in result.diagnostics { StandardStream.error.line(diagnostic.rendered) }
        guard let settings = result.settings else { throw ExitStatus.configuration.exitCode }
        return (settings, result.fileHash)
    }
}
