import ArgumentParser
import Pipeline

@main
struct PqcdcKafka: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pqcdc-kafka",
        abstract: "Streams committed row changes from PostgreSQL to Apache Kafka.",
        discussion: """
            One YAML file says what goes where. Write it, then:

              pqcdc-kafka validate --config FILE            is the file right?
              pqcdc-kafka setup --config FILE               make what PostgreSQL needs
              pqcdc-kafka validate --config FILE --online   are the servers ready for it?
              pqcdc-kafka run --config FILE                 stream until SIGTERM
              pqcdc-kafka status --config FILE              how does it do?

            \(ExitStatus.discussion)
            """,
        version: versionText,
        subcommands: [
            RunCommand.self, ValidateCommand.self, SetupCommand.self, SnapshotCommand.self, StatusCommand.self,
            ConfigCommand.self,
        ])
}
