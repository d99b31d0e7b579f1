import ArgumentParser
import Glibc
import TestSupport

/// What every measurement of the daemon needs.
struct RigOptions: ParsableArguments {
    @Option(help: "The daemon to measure; without, PQCDC_TEST_BINARY or the one beside this program.")
    var binary: String?
    @Option(
        help: "mock: librdkafka's mock cluster; broker: a node of its own from KAFKA_HOME; external: PQCDC_TEST_KAFKA.")
    var kafka = KafkaChoice.mock
    @Option(help: "Partitions of each topic.") var partitions = 4

    @Option(parsing: .singleValue, help: "NAME=VALUE for the daemon's kafka.properties; may be repeated.")
    var property: [String] = []

    func rig() throws -> Rig {
        let properties = try property.map { text in
            guard let equals = text.firstIndex(of: "=") else { throw ValidationError("--property needs NAME=VALUE") }
            return "\(text[..<equals]): \"\(text[text.index(after: equals)...])\""
        }
        return try Rig(
            binary: try binary ?? BuiltProducts.daemon(), kafka: kafka.kind, partitions: partitions,
            properties: properties)
    }
}

/// What stands for Kafka: ``KafkaKind``, as an option.
enum KafkaChoice: String, CaseIterable, ExpressibleByArgument {
    case mock, broker, external

    var kind: KafkaKind {
        switch self {
        case .mock: .mock
        case .broker: .broker
        case .external: .external
        }
    }
}

/// How the database is reached.
enum Route: Sendable {
    case tcp, unix

    var title: String { self == .tcp ? "TCP loopback" : "Unix socket" }
}

/// Over TCP, over the Unix socket, or over one after the other.
enum RouteChoice: String, CaseIterable, ExpressibleByArgument {
    case tcp, unix, both

    var routes: [Route] {
        switch self {
        case .tcp: [.tcp]
        case .unix: [.unix]
        case .both: [.tcp, .unix]
        }
    }
}

/// Says how far we are, on standard error: standard output holds the result.
func progress(_ line: String) {
    let text = "\(line)\n"
    write(STDERR_FILENO, text, text.utf8.count)
}
