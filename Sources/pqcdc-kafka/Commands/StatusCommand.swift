import ArgumentParser
import Configuration
import Glibc
import Observability
import Pipeline

/// `pqcdc-kafka status`.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Says what the pipeline is doing.",
        discussion: """
            Asks the daemon that runs on this machine with this configuration, at the port of cdc.metric. Where none \
            answers, it says what PostgreSQL and Kafka know: the slot, the position in the state topic, the lag. It \
            changes nothing. To ask a daemon it needs no secret; to ask the servers it does.

            The exit status is 0 when a daemon runs that is ready: it streams, or is passive and can take over. It is 69 \
            when one runs that is not ready, or none answers.

            \(ExitStatus.discussion)
            """)

    @OptionGroup var file: ConfigurationOption

    @Flag(help: "Print again every two seconds, until interrupted.")
    var watch = false

    @Flag(help: "Print JSON, as /status does.")
    var json = false

    private static let interval: UInt32 = 2

    func run() throws {
        // All that it takes to ask a daemon. Where none answers, more helps, and does not have to be there.
        let loaded = try file.load { ["cdc.slot.name", "cdc.metric.port"].contains($0) }
        let configuration = StatusReport.Configuration(file: file.path, sha256: loaded.hash)
        while true {
            let (text, isReady) = look(loaded, configuration)
            // Home and clear, as watch(1) does; a pipe gets one report after the other.
            if watch, !json, isatty(STDOUT_FILENO) == 1 { StandardStream.output.text("\u{1B}[H\u{1B}[2J\u{1B}[3J") }
            StandardStream.output.text(text)
            guard watch else {
                if !isReady { throw ExitStatus.unavailable.exitCode }
                return
            }
            sleep(Self.interval)
        }
    }

    private func look(_ loaded: ConfigurationOption.Loaded, _ configuration: StatusReport.Configuration) -> (
        text: String, isReady: Bool
    ) {
        let settings = loaded.settings
        let reason: String
        switch Self.ask(settings, json: json) {
        case .success(let answer): return answer
        case .failure(let refusal): reason = refusal.reason
        }
        let report = StatusReport.offline(
            settings, configuration: configuration, because: reason, unreadable: loaded.unreadable)
        return (json ? report.json : report.text, false)
    }

    private struct Refusal: Error {
        let reason: String
    }

    /// The running daemon's own report, and whether it is ready.
    private static func ask(_ settings: Settings, json: Bool) -> Result<(text: String, isReady: Bool), Refusal> {
        let port = settings.cdc.metricPort
        guard port != 0 else { return .failure(Refusal(reason: "no daemon can be asked: cdc.metric.port is 0")) }
        guard let answer = LocalRequest.get("/status", port: UInt16(clamping: port)), answer.status == 200 else {
            return .failure(Refusal(reason: "no daemon answers on port \(port) of this machine"))
        }
        // Another pipeline, or another program, may have the port. A slot's name needs no escapes in JSON.
        guard answer.body.contains("\"name\": \"\(settings.cdc.slot.name)\"") else {
            return .failure(
                Refusal(reason: "what answers on port \(port) of this machine is not this configuration's daemon"))
        }
        // What is shown and the exit status come from one answer, or they could contradict each other.
        if json { return .success((answer.body, answer.body.contains("\"ready\": true"))) }
        guard let text = LocalRequest.get("/status.txt", port: UInt16(clamping: port)) else {
            return .failure(Refusal(reason: "the daemon on port \(port) has just ended"))
        }
        return .success((text.body, StatusReport.isReady(text: text.body)))
    }
}
