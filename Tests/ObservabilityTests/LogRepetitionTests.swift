import Logging
import Testing

@testable import Observability

@Suite struct LogRepetitionTests {
    private let start = ContinuousClock.now

    @Test func afterABurstRepetitionsAreHeldBackAndThenSummedUp() {
        var repetition = LogRepetition()
        let passed = (0..<1209).map { repetition.passes(.warn, "again", now: start + .milliseconds($0)) }
        #expect(passed.prefix(5) == [true, true, true, true, true])
        #expect(passed.count { $0 } == LogRepetition.burst)
        #expect(repetition.due(now: start + .seconds(9)) == [])
        let sums = repetition.due(now: start + .seconds(10))
        #expect(sums.map(\.text) == ["and 1,204 more"])
        #expect(repetition.due(now: start + .seconds(10)) == [])
        #expect(repetition.passes(.warn, "again", now: start + .seconds(10)))
    }

    @Test(arguments: [LogLevel.info, .debug]) func whatIsNoProblemIsNeverHeldBack(_ level: LogLevel) {
        var repetition = LogRepetition()
        for _ in 0..<100 { #expect(repetition.passes(level, "again", now: start)) }
    }

    @Test func otherMessagesAndLevelsAreCountedApart() {
        var repetition = LogRepetition()
        for _ in 0..<100 { _ = repetition.passes(.warn, "a", now: start) }
        #expect(repetition.passes(.warn, "b", now: start))
        #expect(repetition.passes(.error, "a", now: start))
    }

    @Test func manyDifferentMessagesDoNotFillTheMemory() {
        var repetition = LogRepetition()
        for number in 0..<10_000 { #expect(repetition.passes(.warn, "message \(number)", now: start)) }
        #expect(repetition.due(now: start + .seconds(10)) == [])
    }

    @Test(arguments: [(1, "and 1 more"), (999, "and 999 more"), (1000, "and 1,000 more"), (1_234_567, "and 1,234,567 more")])
    func numbersAreGrouped(_ count: Int, _ text: String) {
        #expect(LogRepetition.Sum(level: .warn, message: "", count: count).text == text)
    }

    @Test func theHandlerWritesABurstAndNoMore() {
        let pipe = LogPipe()
        let handler = StructuredLogHandler(
            layout: .journal, control: LogLevelControl(.info), sink: LogSink(descriptor: pipe.writeEnd))
        let logger = Logger(label: "test") { _ in handler }
        for number in 0..<50 { logger.warning("again", metadata: ["n": "\(number)"]) }
        #expect(pipe.finish() == (0..<5).map { "<4>level=warn msg=again n=\($0)\n" }.joined())
    }

    @Test func theLastProblemIsKeptWithItsAdvice() {
        let pipe = LogPipe()
        let problems = LastProblem()
        let handler = StructuredLogHandler(
            layout: .journal, control: LogLevelControl(.info), sink: LogSink(descriptor: pipe.writeEnd),
            problems: problems, now: { LogTime(seconds: 0, milliseconds: 0) })
        let logger = Logger(label: "test") { _ in handler }
        #expect(problems.problem == nil)
        logger.warning("first", metadata: ["advice": "do this"])
        logger.info("all is well")
        #expect(
            problems.problem
                == LastProblem.Problem(
                    time: "1970-01-01T00:00:00.000Z", level: .warn, message: "first", advice: "do this"))
        logger.error("second")
        #expect(problems.problem?.message == "second" && problems.problem?.advice == nil)
    }
}
