import Testing

@testable import RowMapping

@Suite struct TimestampTextTests {
    static let examples: [(text: String, microseconds: Int64?)] = [
        ("1970-01-01 00:00:00", 0),
        ("1970-01-01 00:00:00+00", 0),
        ("1969-12-31 23:59:59.999999", -1),
        ("2026-11-22 10:00:00.123456+00", 1_795_341_600_123_456),
        ("2026-11-22 10:00:00.5", 1_795_341_600_500_000),
        ("2026-11-22 15:30:00+05:30", 1_795_341_600_000_000),
        ("2026-11-22 09:16:00-00:44", 1_795_341_600_000_000),
        ("2000-02-29 00:00:00", 951_782_400_000_000),
        ("1900-03-01 00:00:00", -2_203_891_200_000_000),
        ("0001-01-01 00:00:00 BC", -62_167_219_200_000_000),
        ("4713-01-01 00:00:00+00 BC", -210_863_520_000_000_000),
        ("10000-01-01 00:00:00", 253_402_300_800_000_000),
        ("294246-12-31 23:59:59.999999", 9_223_371_244_799_999_999),
        // Beyond what 64 bits hold in microseconds since 1970, though PostgreSQL's own epoch still has them.
        ("294276-12-31 23:59:59.999999", nil),
        ("infinity", nil),
        ("-infinity", nil),
        ("", nil),
        ("2026-11-22", nil),
        ("2026-13-22 10:00:00", nil),
        ("2026-11-22 10:00:00.", nil),
        ("2026-11-22 10:00:00.1234567", nil),
        ("2026-11-22 10:00:00 AD", nil),
        ("2026-11-22 10:00:00+", nil),
    ]

    @Test(arguments: examples)
    func aTimestampIsTheTimeThatPostgreSQLMeans(text: String, microseconds: Int64?) {
        let utf8 = Array(text.utf8)
        let read = utf8.withUnsafeBufferPointer {
            $0.isEmpty ? nil : TimestampText.microsecondsSinceUnixEpoch($0.baseAddress!, $0.count)
        }
        #expect(read == microseconds)
    }
}
