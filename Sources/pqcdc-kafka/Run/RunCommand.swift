import ArgumentParser
import Configuration
import Glibc
import LinuxSupport
import Logging
import Observability
import Pipeline

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Stream changes until told to stop.",
        discussion: """
            Runs in the foreground, as systemd and containers want it, and logs to standard error. SIGTERM and SIGINT \
            stop it cleanly: the open transaction is finished, everything sent is confirmed, and nothing is sent twice \
            at the next start. SIGHUP has it read the file again: mapping, batch limits and log level are put in force \
            between two transactions, whatever else has changed is named as needing a restart, and a file that is wrong \
            changes nothing.

            While PostgreSQL or Kafka is down it waits and tries again. When another instance has the slot it is \
            passive and takes over when the slot is free. It ends by itself only when a person must act, with one \
            sentence of advice.

            \(ExitStatus.discussion)
            """)

    @OptionGroup var file: ConfigurationOption

    func run() throws {
        // Before anything makes a thread: all inherit that signals are for the thread that waits for them. That is
        // why this function is not async, for which the runtime would have made threads already.
        ServiceSignals.block()
        let (settings, hash) = try file.loadWithHash()
        let level = LogLevel(rawValue: settings.cdc.logger.level.rawValue) ?? .info
        let format = LogFormat(rawValue: settings.cdc.logger.format.rawValue) ?? .logfmt
        let problems = LastProblem()
        let output = StructuredLogHandler.bootstrap(format: format, level: level, problems: problems)
        let logger = Logger(label: "pqcdc-kafka")
        ServerNoticeLog.shared.use(logger)
        let daemon = Daemon(
            settings: settings, path: file.path, hash: hash, environment: ProcessEnvironment.current, output: output,
            problems: problems, logger: logger)
        let end = DaemonEnd()
        Task { end.came(with: await daemon.run()) }
        // Not by exit(3): its handlers take libcrypto apart while threads that have just done their work still end, and
        // so give back what libcrypto keeps for each thread. Everything is written and closed by now.
        _exit(end.wait().rawValue)
    }
}
