import Foundation
import Testing

/// docs/metrics.md, the alerts and the dashboard say what `/metrics` shows.
@Suite struct MetricsDocumentationTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    private struct Row {
        var name: String
        var labels: Set<String>
        var type: String
        var help: String
    }

    private static func rows() throws -> [Row] {
        try text("docs/metrics.md").matches(
            of: /(?m)^\| `([a-z_0-9]+)(?:\{([a-z_,]*)\})?` \| ([a-z]+) \| (.*) \|$/
        ).map { match in
            Row(
                name: String(match.1), labels: Set((match.2 ?? "").split(separator: ",").map(String.init)),
                type: String(match.3), help: String(match.4))
        }
    }

    @Test func everyMetricIsDocumentedAsItIsExposed() throws {
        let rows = Dictionary(try Self.rows().map { ($0.name, $0) }) { first, _ in first }
        for family in PopulatedMetrics.families() {
            #expect(family.hasSeries, "\(family.name) has no series to compare")
            let labels = family.labels.isEmpty ? "" : "{\(family.labels.sorted().joined(separator: ","))}"
            let wanted = "| `\(family.name)\(labels)` | \(family.type) | \(family.help) |"
            let row = rows[family.name]
            #expect(
                row?.type == family.type && row?.help == family.help && row?.labels == family.labels,
                "the row must be:\n\(wanted)")
        }
    }

    @Test func noOtherMetricIsDocumented() throws {
        let known = Set(PopulatedMetrics.families().map(\.name))
        let rows = try Self.rows().map(\.name)
        #expect(Set(rows).isSubset(of: known), "\(Set(rows).subtracting(known))")
        #expect(rows.count == Set(rows).count, "a metric is documented twice")
    }

    /// The names of metrics in a query, without what a histogram adds to them.
    private static func names(in query: String) -> Set<String> {
        Set(
            query.matches(of: /\b(?:pqcdc|process)_[a-z_0-9]+/).map { match in
                String(match.0).replacing(/_(bucket|sum|count)$/, with: "")
            })
    }

    @Test(arguments: ["config/prometheus-alerts.yaml", "config/grafana-dashboard.json"])
    func everyQueryNamesMetricsThatExist(_ path: String) throws {
        let known = Set(PopulatedMetrics.families().map(\.name))
        let text = try Self.text(path)
        let expressions: [String]
        if path.hasSuffix(".json") {
            expressions = text.matches(of: /"(?:expr|definition)": "((?:[^"\\]|\\.)*)"/).map { String($0.1) }
        } else {
            expressions = text.matches(of: /(?m)^ +expr: (.*(?:\n {10,}.*)*)/).map { String($0.1) }
        }
        #expect(expressions.count > 8)
        for expression in expressions {
            let names = Self.names(in: expression)
            #expect(!names.isEmpty && names.isSubset(of: known), "\(expression): \(names.subtracting(known))")
        }
        // Nor does a description name one that there is not.
        #expect(Self.names(in: text).isSubset(of: known), "\(Self.names(in: text).subtracting(known))")
    }

    @Test func theDashboardIsJSONWithATitleForEachPanel() throws {
        let data = Data(try Self.text("config/grafana-dashboard.json").utf8)
        let dashboard = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        let panels = try #require(dashboard["panels"] as? [[String: Any]])
        #expect(panels.count > 8 && panels.allSatisfy { ($0["title"] as? String)?.isEmpty == false })
        let ids = panels.compactMap { $0["id"] as? Int }
        #expect(Set(ids).count == panels.count)
    }

    @Test func everyAlertHasItsPlaceInTheRunbook() throws {
        let runbook = try Self.text("docs/operations.md")
        let alerts = try Self.text("config/prometheus-alerts.yaml").matches(of: /(?m)^ +- alert: (\w+)$/).map {
            String($0.1)
        }
        #expect(alerts.count > 8 && Set(alerts).count == alerts.count)
        for alert in alerts {
            #expect(runbook.contains("| `\(alert)` |"), "\(alert)")
        }
        for match in runbook.matches(of: /(?m)^\| `(Pqcdc\w+)` \|/) {
            #expect(alerts.contains(String(match.1)), "\(match.1)")
        }
    }

    /// Where Prometheus' own tool is installed, it has the last word; its tests say which alert fires when.
    private static let promtool = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/promtool" }.first { FileManager.default.isExecutableFile(atPath: $0) }

    @Test(
        .enabled(if: promtool != nil, "needs promtool"),
        arguments: [
            ["check", "rules", "config/prometheus-alerts.yaml"],
            ["test", "rules", "Tests/ObservabilityTests/Fixtures/alerts.test.yaml"],
        ])
    func promtoolAgrees(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.promtool))
        process.arguments = arguments
        process.currentDirectoryURL = Self.root
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
    }
}
