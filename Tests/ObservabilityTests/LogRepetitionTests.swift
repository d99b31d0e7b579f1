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
        let sums = [9, 10, 10].map { repetition.due(now: start + .seconds($0)).map(\.text) }
        #expect(sums == [[], ["and 1,204 more"], []])
        let passesAgain = repetition.passes(.warn, "again", now: start + .seconds(10))
        #expect(passesAgain)
    }

    @Test(arguments: [LogLevel.info, .debug]) func whatIsNoProblemIsNeverHeldBack(_ level: LogLevel) {
        var repetition = LogRepetition()
        let passed = (0..<100).map { _ in repetition.passes(level, "again", now: start) }
        #expect(passed.allSatisfy { $0 })
    }

    @Test func otherMessagesAndLevelsAreCountedApart() {
        var repetition = LogRepetition()
        for _ in 0..<100 { _ = repetition.passes(.warn, "a", now: start) }
        let passed = [
            repetition.passes(.warn, "b", now: start), repetition.passes(.error, "a", now: start),
        ]
        #expect(passed == [true, true])
    }

    @Test func manyDifferentMessagesDoNotFillTheMemory() {
        var repetition = LogRepetition()
        let passed = (0..<10_000).map { repetition.passes(.warn, "message \($0)", now: start) }
        let sums = repetition.due(now: start + .seconds(10))
        #expect(passed.allSatisfy { $0 } && sums == [])
    }

    @Test(arguments: [
        (1, "and 1 more"), (999, "and 999 more"), (1000, "and 1,000 more"), (1_234_567, "and 1,234,567 more"),
    ])
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
