/// Every key of the file. It drives the detection of unknown keys, the type checks and the defaults, and is
/// compared by a test with `config/pqcdc-kafka.yaml`.
public enum KeyTable {
    public static let all: [KeySpecification] = topLevel + cdc + publication + snapshot + kafka + mapping + mapper

    /// The table in the shape of the file.
    static let root = KeyNode(all.map { (components(of: $0.path), $0) })

    /// The last names of all keys, by which a line of a broken file is recognized as ours.
    static let lastNames: Set<String> = Set(
        all.flatMap { components(of: $0.path) }.filter { $0 != "*" && $0 != "[]" })

    /// Whether a name, at whatever place, is one that a secret may follow.
    static func mayNameSecret(_ name: String) -> Bool {
        secretNames.contains(name) || LibrdkafkaProperty.isSecret(name)
    }

    /// The path of the first key whose last name is `name`, to tell where a misplaced key belongs.
    static func path(ofKeyNamed name: String) -> String? { pathsByLastName[name] }

    static func components(of path: String) -> [String] {
        path.split(separator: ".").flatMap { part in
            part.hasSuffix("[]") ? [String(part.dropLast(2)), "[]"] : [String(part)]
        }
    }

    private static let pathsByLastName: [String: String] = Dictionary(
        all.compactMap { key in components(of: key.path).last.map { ($0, key.path) } },
        uniquingKeysWith: { first, _ in first })

    private static let secretNames = Set(
        all.filter(\.isSecret).compactMap { components(of: $0.path).last })

    private static let topLevel: [KeySpecification] = [
        .init(
            "memoryLimit", .byteSize((8 << 20)...(1 << 40)), .value("32MiB"),
            "The bound on everything held in memory between PostgreSQL and Kafka."),
        .init(
            "shutdownTimeout", .duration(.zero ... .seconds(3600)), .value("30s"),
            "How long a clean stop may wait for delivery reports."),
        .init(
            "readiness.maxStall", .duration(.seconds(1) ... .seconds(86_400)), .value("60s"),
            "How long nothing may be confirmed while the server is ahead, before /readyz answers 503."),
        .init(
            "readiness.unpublished", .choice(ChoiceSet(Settings.UnpublishedAction.allCases.map(\.rawValue))),
            .value("warn"),
            "When the publication does not send all that is mapped: warn, or fail, with which /readyz answers 503 too."),
    ]
}
