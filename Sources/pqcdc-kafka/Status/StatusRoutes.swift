import Configuration
import Observability
import Pipeline

/// What the HTTP endpoint answers.
struct StatusRoutes: Sendable {
    let registry: MetricRegistry
    let status: PipelineStatus
    let settings: Settings
    /// The file's path.
    let path: String
    let inForce: ConfigurationInForce
    let problems: LastProblem
    let started = ContinuousClock.now

    var routes: [String: @Sendable () -> HTTPResponse] {
        [
            "/metrics": {
                status.refresh()
                return .metrics(of: registry)
            },
            "/healthz": { HTTPResponse(status: 200, text: "ok\n") },
            "/readyz": { readiness },
            "/status": {
                HTTPResponse(status: 200, contentType: "application/json", body: Array(report.json.utf8))
            },
            "/status.txt": { HTTPResponse(status: 200, text: report.text) },
        ]
    }

    private var readiness: HTTPResponse {
        let current = inForce.current
        let readiness = status.readiness(
            slot: settings.cdc.slot.name, maxStall: current.maxStall, failsForUnpublished: current.unpublished == .fail)
        guard readiness.isReady else {
            var text = "not ready: \(readiness.reason)\n"
            if let problem = problems.problem {
                text += "last problem, at \(problem.time): \(problem.message)\n"
                if let advice = problem.advice { text += "advice: \(advice)\n" }
            }
            return HTTPResponse(status: 503, text: text)
        }
        return HTTPResponse(status: 200, text: "ready: \(readiness.reason)\n")
    }

    private var report: StatusReport {
        let current = inForce.current
        return StatusReport(
            status, settings, current, file: path, problems: problems, uptime: started.duration(to: .now))
    }
}
