// swift-tools-version: 6.1
import PackageDescription

// Shared by every Swift target. `unsafe` marks each line that the compiler cannot check.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    // Places where tests have the daemon end; see `Failpoint`.
    .define("FAILPOINTS", .when(configuration: .debug)),
]

let package = Package(
    name: "pqcdc-kafka",
    products: [
        .executable(name: "pqcdc-kafka", targets: ["pqcdc-kafka"]),
        .library(
            name: "PqcdcCore",
            targets: ["ReplicationProtocol", "RowMapping", "LinuxSupport", "Observability", "Kafka", "Pipeline"]),
        // What the package in Benchmarks/ needs besides.
        .executable(name: "pqcdc-mock-kafka", targets: ["pqcdc-mock-kafka"]),
        .library(name: "PqcdcTestSupport", targets: ["TestSupport"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    ],
    targets: [
        // The C libraries, as Debian installs them.
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLibrdkafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .systemLibrary(name: "CLibyaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(
            name: "CLibmicrohttpd", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(name: "CLibcrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "CLinux"),

        // Pure: bytes in, values out.
        .target(name: "ReplicationProtocol", swiftSettings: settings),
        .target(
            name: "RowMapping", dependencies: ["ReplicationProtocol", "CLibcrypto"], swiftSettings: settings),

        // One module per outside world.
        .target(name: "LinuxSupport", dependencies: ["CLinux"], swiftSettings: settings),
        .target(
            name: "Postgres", dependencies: ["ReplicationProtocol", "LinuxSupport", "CLibpq"],
            swiftSettings: settings),
        .target(
            name: "Kafka", dependencies: ["LinuxSupport", "CLibrdkafka"], swiftSettings: settings),
        .target(
            name: "Configuration", dependencies: ["RowMapping", "CLibyaml"], swiftSettings: settings),
        .target(
            name: "Observability",
            dependencies: ["LinuxSupport", "CLibmicrohttpd", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings),

        // When things happen.
        .target(
            name: "Pipeline",
            dependencies: [
                "ReplicationProtocol", "RowMapping", "LinuxSupport", "Observability",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),

        .executableTarget(
            name: "pqcdc-kafka",
            dependencies: [
                "ReplicationProtocol", "RowMapping", "LinuxSupport", "Postgres", "Kafka", "Configuration",
                "Observability", "Pipeline",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),

        // The embedded Kafka of the demo, the tests and the benchmarks.
        .executableTarget(
            name: "pqcdc-mock-kafka", dependencies: ["CLibrdkafka"], swiftSettings: settings),

        .target(
            name: "TestSupport", dependencies: ["CLibrdkafka", "CLibpq"], path: "Tests/TestSupport",
            swiftSettings: settings),
        // Faults at random, and the proof that nothing came of them. Not a product: `make chaos` runs it.
        .executableTarget(
            name: "pqcdc-chaos",
            dependencies: ["TestSupport", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Tests/Chaos", swiftSettings: settings),
        .testTarget(name: "ChaosTests", dependencies: ["pqcdc-chaos"], swiftSettings: settings),
        .testTarget(
            name: "ReplicationProtocolTests", dependencies: ["ReplicationProtocol"], exclude: ["Fixtures"],
            swiftSettings: settings),
        .testTarget(
            name: "RowMappingTests", dependencies: ["RowMapping", "ReplicationProtocol", "TestSupport"],
            exclude: ["Fixtures"], swiftSettings: settings),
        .testTarget(
            name: "ConfigurationTests", dependencies: ["Configuration", "RowMapping", "TestSupport", "CLibrdkafka"],
            exclude: ["Fixtures"], swiftSettings: settings),
        .testTarget(
            name: "PipelineTests",
            dependencies: ["Pipeline", "ReplicationProtocol", "RowMapping", "LinuxSupport", "Observability"],
            swiftSettings: settings),
        .testTarget(
            name: "PostgresTests",
            dependencies: [
                "Postgres", "ReplicationProtocol", "RowMapping", "LinuxSupport", "Pipeline", "pqcdc-kafka",
                "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "KafkaTests", dependencies: ["Kafka", "TestSupport", "pqcdc-mock-kafka"], swiftSettings: settings),
        .testTarget(
            name: "ObservabilityTests",
            dependencies: ["Observability", "TestSupport", .product(name: "Logging", package: "swift-log")],
            exclude: ["Fixtures"], swiftSettings: settings),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "pqcdc-kafka", "Configuration", "Kafka", "Observability", "Pipeline", "Postgres", "RowMapping",
                "ReplicationProtocol", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["TestSupport", "LinuxSupport", "pqcdc-kafka", "pqcdc-mock-kafka", "pqcdc-chaos"],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
