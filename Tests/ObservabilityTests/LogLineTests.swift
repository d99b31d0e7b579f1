import Logging
import Testing

@testable import Observability

@Suite struct LogLineTests {
    private func line(
        _ message: String, _ metadata: Logger.Metadata = [:], level: LogLevel = .info
    ) -> LogLine {
        // 2026-11-23T10:00:00Z
        LogLine(
            time: LogTime(seconds: 1_795_428_000, milliseconds: 7), level: level, message: message, metadata: metadata)
    }

    @Test func logfmtHasTimeLevelMessageAndSortedFields() {
        let text = line("reconnecting", ["slot": "orders", "attempt": "3", "delay": "4s", "lsn": "16/B374D848"])
            .text(.logfmt)
        #expect(
            text
                == "time=2026-11-23T10:00:00.007Z level=info msg=reconnecting attempt=3 delay=4s lsn=16/B374D848 slot=orders\n"
        )
    }

    @Test(arguments: [(LogLevel.error, 3), (.warn, 4), (.info, 6), (.debug, 7)])
    func theJournalGetsAPriorityAndNoTime(level: LogLevel, priority: Int) {
        let text = line("started", level: level).text(.journal)
        #expect(text == "<\(priority)>level=\(level.rawValue) msg=started\n")
    }

    @Test(arguments: [
        ("", "\"\""),
        ("plain", "plain"),
        ("C:\\dir", "C:\\dir"),
        ("two words", "\"two words\""),
        ("a=b", "\"a=b\""),
        ("say \"hi\\\"", "\"say \\\"hi\\\\\\\"\""),
        ("a\nlevel=error msg=forged", "\"a\\nlevel=error msg=forged\""),
        ("a\r\nb\tc", "\"a\\r\\nb\\tc\""),
        ("\u{1B}[31mred", "\"\\u001b[31mred\""),
        ("\u{0}\u{7F}\u{85}\u{9B}\u{2028}\u{2029}", "\"\\u0000\\u007f\\u0085\\u009b\\u2028\\u2029\""),
        ("\u{FFFD}", "\"\u{FFFD}\""),
        ("größe😀", "größe😀"),
    ])
    func logfmtQuotesWhatWouldEndAWord(value: String, quoted: String) {
        #expect(line("m", ["k": .string(value)]).logfmt == "level=info msg=m k=\(quoted)")
    }

    @Test(arguments: [("", "_"), ("a b", "a_b"), ("a=\"b\"", "a__b_"), ("a\nb", "a_b"), ("level", "level_")])
    func aLogfmtKeyIsOneWord(name: String, key: String) {
        #expect(line("m", [name: "v"]).logfmt == "level=info msg=m \(key)=v")
    }

    @Test func nestedMetadataIsJSONInEither() {
        let metadata: Logger.Metadata = [
            "list": ["a", "b \"c\""], "map": ["y": "1", "x": .stringConvertible(2)], "count": .stringConvertible(12),
            "on": .stringConvertible(true), "ratio": .stringConvertible(0.5),
        ]
        #expect(
            line("m", metadata).logfmt
                == #"level=info msg=m count=12 list="[\"a\",\"b \\\"c\\\"\"]" map="{\"x\":2,\"y\":\"1\"}" on=true ratio=0.5"#
        )
        #expect(
            line("m", metadata).json
                == #"{"time":"2026-11-23T10:00:00.007Z","level":"info","msg":"m","count":12,"#
                + #""list":["a","b \"c\""],"map":{"x":2,"y":"1"},"on":true,"ratio":0.5}"#)
    }

    @Test func jsonWritesNumbersAsNumbersAndLengthsOfTimeInSeconds() {
        let metadata: Logger.Metadata = [
            "attempt": .stringConvertible(3), "retry_in": .stringConvertible(Duration.milliseconds(250)),
            "lsn": "0/16B374D8", "none": .stringConvertible(Double.nan),
        ]
        #expect(
            line("m", metadata).json.hasSuffix(
                #""attempt":3,"lsn":"0/16B374D8","none":"nan","retry_in":0.25}"#))
        #expect(line("m", metadata).logfmt.hasSuffix(#"retry_in="0.25 seconds""#))
    }

    @Test func jsonEscapesMessageKeysAndValues() {
        let text = line("a\n\"b\"\\", ["k\t": "\u{0}\u{1F}\u{7F}\u{2028}é😀/", "msg": "x"]).text(.json)
        #expect(
            text
                == #"{"time":"2026-11-23T10:00:00.007Z","level":"info","msg":"a\n\"b\"\\","#
                + #""k\t":"\u0000\u001f\u007f\u2028é😀/","msg_":"x"}"# + "\n")
    }

    @Test(arguments: [
        (0, 0, "1970-01-01T00:00:00.000Z"), (951_782_399, 999, "2000-02-28T23:59:59.999Z"),
        (951_782_400, 1, "2000-02-29T00:00:00.001Z"), (4_102_444_800, 50, "2100-01-01T00:00:00.050Z"),
    ])
    func timeIsRFC3339InUTC(seconds: Int, milliseconds: Int, text: String) {
        #expect(LogTime(seconds: seconds, milliseconds: milliseconds).text == text)
    }
}
