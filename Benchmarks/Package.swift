// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that whoever builds the daemon builds no benchmark.

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "pqcdc-benchmarks",
    dependencies: [
        // Named, since the folder of a clone may be called anything.
        .package(name: "pqcdc-kafka", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    ],
    targets: [
        .target(name: "CAllocationCounter"),
        .target(name: "Figures", swiftSettings: settings),
        .executableTarget(
            name: "pqcdc-microbench",
            dependencies: [
                "CAllocationCounter", "Figures",
                .product(name: "PqcdcCore", package: "pqcdc-kafka"),
                .product(name: "PqcdcTestSupport", package: "pqcdc-kafka"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "pqcdc-bench",
            dependencies: [
                "Figures",
                .product(name: "PqcdcTestSupport", package: "pqcdc-kafka"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
