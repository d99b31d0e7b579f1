import Glibc
import Logging
import Testing

@testable import Observability

@Suite struct StructuredLogHandlerTests {
    private let pipe = LogPipe()
    private let control = LogLevelControl(.info)

    private func logger(_ layout: LogLayout = .logfmt) -> Logger {
        let handler = StructuredLogHandler(
            layout: layout, control: control, sink: LogSink(descriptor: pipe.writeEnd),
            now: { LogTime(seconds: 0, milliseconds: 0) })
        return Logger(label: "test") { _ in handler }
    }

    @Test func theNearestMetadataWins() {
        var logger = logger()
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "b"] = "logger"
        logger.info("m", metadata: ["b": "call"])
        #expect(pipe.finish() == "time=1970-01-01T00:00:00.000Z level=info msg=m a=logger b=call\n")
    }

    @Test func swiftLogsLevelsFallToOurs() {
        control.level = .debug
        let logger = logger(.journal)
        for level in Logger.Level.allCases { logger.log(level: level, "\(level)") }
        let lines = pipe.finish().split(separator: "\n")
        #expect(
            lines == [
                "<7>level=debug msg=trace", "<7>level=debug msg=debug", "<6>level=info msg=info",
                "<6>level=info msg=notice", "<4>level=warn msg=warning", "<3>level=error msg=error",
                "<3>level=error msg=critical",
            ])
    }

    @Test func aChangedLevelHoldsForLoggersThatExist() {
        let logger = logger(.journal)
        logger.debug("unseen")
        control.level = .debug
        logger.debug("seen")
        control.level = .error
        logger.warning("unseen")
        #expect(pipe.finish() == "<7>level=debug msg=seen\n")
    }

    @Test func aLevelOfItsOwnChangesOneLoggerOnly() {
        let other = logger(.journal)
        var own = other
        own.logLevel = .debug
        own.debug("own")
        other.debug("other")
        #expect(pipe.finish() == "<7>level=debug msg=own\n")
    }

    /// Longer than a pipe is deep: each write waits in its middle, and only the lock keeps the others out.
    @Test func linesOfManyThreadsNeverMix() async {
        let logger = logger(.journal)
        let reader = pipe.collect()
        let text = String(repeating: "x", count: 100_000)
        await withTaskGroup { group in
            for task in 0..<4 {
                group.addTask {
                    for _ in 0..<20 { logger.info("\(text)\(task)") }
                }
            }
        }
        let lines = pipe.finish(reader).split(separator: "\n")
        #expect(lines.count == 80)
        #expect(lines.allSatisfy { $0.hasPrefix("<6>level=info msg=x") && $0.utf8.count == 100_019 })
    }

    @Test func aFullNonBlockingPipeIsWaitedFor() {
        _ = fcntl(pipe.writeEnd, F_SETFL, O_NONBLOCK)
        let reader = pipe.collect()
        let text = String(repeating: "x", count: 1_000_000)
        logger(.journal).info("\(text)")
        #expect(pipe.finish(reader).utf8.count == 1_000_019)
    }

    @Test func theJournalIsKnownByDeviceAndInode() {
        var status = stat()
        fstat(pipe.writeEnd, &status)
        let variable = "\(status.st_dev):\(status.st_ino)"
        #expect(JournalStream.isConnected(to: pipe.writeEnd, variable: variable))
        for other in [nil, "", "8", "\(variable)0", "\(variable):", "x:y", ":"] {
            #expect(!JournalStream.isConnected(to: pipe.writeEnd, variable: other))
        }
    }

    @Test func jsonIsTheSameUnderTheJournal() {
        #expect(LogLayout(.json, isJournal: true) == .json)
        #expect(LogLayout(.logfmt, isJournal: true) == .journal)
        #expect(LogLayout(.logfmt, isJournal: false) == .logfmt)
    }

    @Test func theStatusStaysBelowWhatIsLogged() {
        let sink = LogSink(descriptor: pipe.writeEnd)
        sink.write("one\n")
        sink.show(["a", "b"])
        sink.write("two\n")
        sink.show(["c"])
        sink.show([])
        sink.write("three\n")
        func up(_ lines: Int) -> String { "\u{1B}[\(lines)A\u{1B}[J" }
        #expect(pipe.finish() == "one\na\nb\n\(up(2))two\na\nb\n\(up(2))c\n\(up(1))three\n")
    }
}
