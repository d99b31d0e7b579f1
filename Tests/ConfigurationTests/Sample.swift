import Configuration

/// A configuration that is right, and ways to make it wrong in one place.
enum Sample {
    static let environment = ["CDC_PASSWORD": "opensesame", "EMPTY": ""]

    /// The smallest file that loads, with further lines under `cdc`, `kafka`, `mapping` and at the top level.
    static func text(
        cdc: String = "", slot: String = "", publication: String = "", kafka: String = "",
        mapping: String = "tables: {public.users: {topic: users}}", top: String = ""
    ) -> String {
        """
        cdc:
          host: localhost
          username: cdc_user
          database: cdc_db
          publication:
            name: cdc_publication
        \(indented(publication, by: 4))
          slot:
            name: cdc_slot
        \(indented(slot, by: 4))
        \(indented(cdc, by: 2))
        kafka:
          brokers: [localhost:9092]
        \(indented(kafka, by: 2))
        mapping:
        \(indented(mapping, by: 2))
        \(top)
        """
    }

    static func load(_ text: String, environment: [String: String] = environment) -> LoadResult {
        ConfigurationFile.parse(Array(text.utf8), fileName: "sample.yaml", environment: environment)
    }

    private static func indented(_ text: String, by width: Int) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String(repeating: " ", count: width) + $0 }.joined(separator: "\n")
    }
}

extension LoadResult {
    /// The messages of all errors.
    var errors: [String] { diagnostics.filter { $0.severity == .error }.map(\.message) }
    var warnings: [String] { diagnostics.filter { $0.severity == .warning }.map(\.message) }
    /// All that an operator sees.
    var rendered: String { diagnostics.map { $0.rendered + "\n" }.joined() }
}
