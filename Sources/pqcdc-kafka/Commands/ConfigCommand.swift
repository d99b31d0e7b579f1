import ArgumentParser
import Configuration

/// `pqcdc-kafka config`.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Says what a configuration file may hold.", subcommands: [Schema.self])

    /// `pqcdc-kafka config schema`.
    struct Schema: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "schema",
            abstract: "Prints the JSON Schema of the configuration file, for editors.",
            discussion: """
                An editor with the YAML language server completes and checks a file whose first line names the schema:

                  pqcdc-kafka config schema > pqcdc-kafka.schema.json
                  # yaml-language-server: $schema=pqcdc-kafka.schema.json

                A schema sees each key by itself; validate sees more.
                """)

        func run() { StandardStream.output.line(ConfigurationSchema.text) }
    }
}
