import ReplicationProtocol
import Testing

@testable import RowMapping

@Suite struct FieldTextTests {
    private func text(_ write: (UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8>) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: FieldText.bound) { buffer in
            let start = buffer.baseAddress!
            let end = write(start)
            precondition(end - start <= FieldText.bound, "a field stays in its bound")
            return String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
        }
    }

    @Test(arguments: [0, 9, 10, 99, 100, 4_294_967_295, 9_999_999_999_999_999_999, UInt64.max])
    func aNumberHasAllItsDigits(number: UInt64) {
        #expect(text { FieldText.write(number, to: $0) } == "\(number)")
    }

    @Test(arguments: [0, 1, 0xFFFF_FFFF, 0x1_0000_0000, 0x16_B374_D848, UInt64.max])
    func anLSNIsWrittenAsPostgreSQLPrintsIt(lsn: UInt64) {
        #expect(text { FieldText.write(LSN(rawValue: lsn), to: $0) } == "\(LSN(rawValue: lsn))")
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (951_782_400_000_001, "2000-02-29T00:00:00.000001Z"),
            (1_795_341_600_123_456, "2026-11-22T10:00:00.123456Z"),
            (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
        ] as [(Int64, String)])
    func aTimeIsISO8601ToTheMicrosecond(microseconds: Int64, expected: String) {
        #expect(text { FieldText.write(ServerTime(microsecondsSinceUnixEpoch: microseconds), to: $0) } == expected)
    }

    @Test(arguments: [Int64.min, -1, Int64.max])
    func aTimeThatNoServerSendsIsNoTrap(rawValue: Int64) {
        #expect(text { FieldText.write(ServerTime(rawValue: rawValue), to: $0) }.count == 27)
    }

    @Test func everyDayHasItsDate() {
        for day in stride(from: Int64(0), to: 100_000, by: 17) {
            let date = TimestampFields.date(daysSinceUnixEpoch: day)
            let printed = Array("\(date.year)-\(date.month)-\(date.day)".utf8)
            let back = printed.withUnsafeBufferPointer { TimestampFields($0.baseAddress!, $0.count) }
            #expect(back?.secondsSinceUnixEpoch == day * 86_400)
        }
    }
}
