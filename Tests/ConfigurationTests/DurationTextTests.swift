import Testing

@testable import Configuration

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("200ms", Duration.milliseconds(200)), ("10s", .seconds(10)), ("1m30s", .seconds(90)), ("1h", .seconds(3600)),
        ("1.5s", .milliseconds(1500)), (".5s", .milliseconds(500)), ("1.s", .seconds(1)), ("0", .zero), ("0s", .zero),
        ("7ns", .nanoseconds(7)), ("7us", .microseconds(7)), ("7\u{B5}s", .microseconds(7)),
        ("7\u{3BC}s", .microseconds(7)), ("1h2m3.004s", .milliseconds(3_723_004)),
        ("9223372036854775807ns", .nanoseconds(Int64.max)), ("0.1234567890123456789s", .nanoseconds(123_456_789)),
    ])
    func aGoDurationIsRead(_ text: String, _ duration: Duration) throws {
        #expect(try DurationText.parse(text) == duration)
    }

    @Test(arguments: [
        "", "1", "s", ".s", "1x", "-1s", "+1s", "1 s", "1s ", "1s1", "1..5s", "9223372036854775808ns", "3000000h",
        "99999999999999999999s", "1S", "\u{0661}s", "1m,", "ms",
    ])
    func anythingElseIsRefused(_ text: String) {
        #expect(throws: ValueError.self) { try DurationText.parse(text) }
    }

    @Test func aBareNumberHasTheUnitOfItsKey() throws {
        #expect(try DurationText.parse("3000", bareUnit: "ms") == .seconds(3))
        #expect(throws: ValueError.self) { try DurationText.parse("3000") }
    }

    @Test(arguments: ["0s", "5ms", "1m30s", "1h", "1h1m1s1ms1us1ns"])
    func aFormattedDurationReadsBackTheSame(_ text: String) throws {
        #expect(DurationText.format(try DurationText.parse(text)) == text)
    }
}
