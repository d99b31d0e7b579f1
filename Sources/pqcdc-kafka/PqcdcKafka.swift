import ArgumentParser

@main
struct PqcdcKafka: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pqcdc-kafka", abstract: "Streams committed row changes from PostgreSQL to Apache Kafka.")
}
