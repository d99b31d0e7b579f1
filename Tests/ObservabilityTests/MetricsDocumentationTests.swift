import Foundation
import TestSupport
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
            query.matches(of: /\b(?:(?:pqcdc|process)_[a-z_0-9]+|up(?=\{| ==))/).map { match in
                String(match.0).replacing(/_(bucket|sum|count)$/, with: "")
            })
    }

    @Test(arguments: ["config/prometheus-alerts.yaml", "config/grafana-dashboard.json"])
    func everyQueryNamesMetricsThatExist(_ path: String) throws {
        // `up` is Prometheus' own, and tells of a daemon that tells nothing any more.
        let known = Set(PopulatedMetrics.families().map(\.name)).union(["up"])
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

    private static let ruleFiles = ["config/prometheus-alerts.yaml", "config/prometheus-slot-alerts.yaml"]

    private static func alerts() throws -> [String] {
        try ruleFiles.flatMap { try text($0).matches(of: /(?m)^ +- alert: (\w+)$/).map { String($0.1) } }
    }

    @Test func everyAlertHasItsPlaceInTheRunbook() throws {
        let runbook = try Self.text("docs/operations.md")
        let alerts = try Self.alerts()
        #expect(alerts.count > 8 && Set(alerts).count == alerts.count)
        for alert in alerts {
            #expect(runbook.contains("| `\(alert)` |"), "\(alert)")
        }
        for match in runbook.matches(of: /(?m)^\| `(Pqcdc\w+)` \|/) {
            #expect(alerts.contains(String(match.1)), "\(match.1)")
        }
    }

    /// A rule that nobody has seen fire may be one that cannot.
    @Test func everyAlertIsSeenToFireAndToBeSilentAndWithEveryDaemonDead() throws {
        let tests = try Self.text("Tests/ObservabilityTests/Fixtures/alerts.test.yaml")
        let dead = try #require(tests.split(separator: "  - name: ").first { $0.hasPrefix("all is well") })
        for alert in try Self.alerts() {
            #expect(tests.contains("alertname: \(alert)\n        exp_alerts:\n"), "\(alert) never fires")
            #expect(tests.contains("alertname: \(alert), exp_alerts: []"), "\(alert) is never silent")
            #expect(dead.contains("eval_time: 9m, alertname: \(alert), exp_alerts: []"), "\(alert) while all is well")
            #expect(
                dead.contains("eval_time: 25m, alertname: \(alert),")
                    || dead.contains("eval_time: 25m\n        alertname: \(alert)\n"),
                "\(alert) while every daemon is dead")
        }
    }

    /// What nobody exposes any more is in no result: a bare `sum(…)` shows "no data" where it should show 0.
    @Test func theDashboardShowsZeroInstancesWhenEveryDaemonIsDead() throws {
        let text = try Self.text("config/grafana-dashboard.json")
        let counts = text.matches(of: /"expr": "(sum\(pqcdc_role.*)",\n/).map { String($0.1) }
        #expect(counts.count == 2 && counts.allSatisfy { $0.hasSuffix(" or vector(0)") }, "\(counts)")
        #expect(text.contains(#"up{job=~\"$job\""#))
    }

    /// Where Prometheus' own tool is installed, it has the last word; its tests say which alert fires when.
    private static let promtool = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/promtool" }.first { FileManager.default.isExecutableFile(atPath: $0) }

    @Test(arguments: [
        ["check", "rules", "config/prometheus-alerts.yaml", "config/prometheus-slot-alerts.yaml"],
        ["test", "rules", "Tests/ObservabilityTests/Fixtures/alerts.test.yaml"],
    ])
    func promtoolAgrees(_ arguments: [String]) throws {
        guard Self.promtool != nil else {
            return LeftOut.say("alert rules against promtool: it is not installed (Debian has it in prometheus)")
        }
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
