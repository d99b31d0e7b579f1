import ReplicationProtocol
import Testing

@testable import RowMapping

@Suite struct ValueFormatsTests {
    private static func formats(_ change: (inout ValueFormats) -> Void) -> ValueFormats {
        var formats = ValueFormats()
        change(&formats)
        return formats
    }

    static let examples: [(formats: ValueFormats, type: UInt32, text: String, json: String)] = [
        (formats { $0.numeric = .string }, 1700, "1.50", "\"1.50\""),
        (formats { $0.numeric = .string }, 1700, "NaN", "\"NaN\""),
        (formats { $0.numeric = .string }, 701, "1.5", "1.5"),
        (formats { $0.numeric = .string }, 1231, "{1.50,NULL}", "[\"1.50\",null]"),
        (formats { $0.int8 = .string }, 20, "9223372036854775807", "\"9223372036854775807\""),
        (formats { $0.int8 = .string }, 23, "7", "7"),
        (formats { $0.int8 = .string }, 1016, "{1,-2}", "[\"1\",\"-2\"]"),
        (formats { $0.timestamps = .epochMillis }, 1184, "2026-11-22 10:00:00.123956+00", "1795341600123"),
        (formats { $0.timestamps = .epochMillis }, 1114, "1969-12-31 23:59:59.9999", "-1"),
        (formats { $0.timestamps = .epochMicros }, 1184, "2026-11-22 10:00:00.123456+00", "1795341600123456"),
        (formats { $0.timestamps = .epochMicros }, 1114, "1970-01-01 00:00:00", "0"),
        (formats { $0.timestamps = .epochMillis }, 1185, "{\"1970-01-01 00:00:01+00\",NULL}", "[1000,null]"),
        (formats { $0.timestamps = .postgres }, 1184, "2026-11-22 10:00:00+00", "\"2026-11-22 10:00:00+00\""),
        (formats { $0.timestamps = .postgres }, 1114, "infinity", "\"infinity\""),
        (formats { $0.bytea = .hex }, 17, "\\xdeadbeef", "\"\\\\xdeadbeef\""),
        (formats { $0.json = .string }, 3802, "{\"a\": 1}", "\"{\\\"a\\\": 1}\""),
        (formats { $0.floats = .null }, 701, "NaN", "null"),
        (formats { $0.floats = .null }, 700, "-Infinity", "null"),
        (formats { $0.floats = .null }, 1700, "Infinity", "null"),
        (formats { $0.floats = .null }, 701, "1e+20", "1e+20"),
        (formats { $0.floats = .null }, 1022, "{NaN,1}", "[null,1]"),
    ]

    @Test(arguments: examples)
    func aValueIsWrittenInTheDeclaredFormat(
        formats: ValueFormats, type: UInt32, text: String, json: String
    ) throws {
        let table = try MappedTable(
            [.init(isKey: true, name: "v", type: OID(rawValue: type))], formats: formats)
        #expect(try table.insert([.text(text)]).map(\.value) == ["{\"v\":\(json)}"])
    }

    @Test func aColumnsFormatGoesBeforeTheTables() throws {
        let table = try MappedTable(
            [
                .init(isKey: true, name: "a", type: OID(rawValue: 20)),
                .init(isKey: false, name: "b", type: OID(rawValue: 20)),
            ], formats: Self.formats { $0.int8 = .string }, columnFormats: ["b": ValueFormats()])
        #expect(try table.insert([.text("1"), .text("2")]).map(\.value) == ["{\"a\":\"1\",\"b\":2}"])
    }

    @Test func anInfiniteTimestampHasNoNumberAndIsNeverNull() throws {
        let table = try MappedTable(
            [.init(isKey: true, name: "at", type: OID(rawValue: 1184))],
            formats: Self.formats { $0.timestamps = .epochMillis })
        #expect(throws: MappingError.unrepresentable(column: "at", table: table.plan.table)) {
            try table.insert([.text("infinity")])
        }
    }

    @Test func aDomainIsWrittenAsWhatItStandsOn() throws {
        let table = try MappedTable(
            [.init(isKey: true, name: "n", type: OID(rawValue: 16_400))],
            types: [OID(rawValue: 16_400): TypeDescription(base: OID(rawValue: 23))])
        #expect(try table.insert([.text("7")]).map(\.value) == ["{\"n\":7}"])
    }

    @Test func anArrayOfAUserTypeIsAnArray() throws {
        let mood = OID(rawValue: 16_401)
        let moods = OID(rawValue: 16_402)
        let table = try MappedTable(
            [.init(isKey: true, name: "m", type: moods)],
            types: [moods: TypeDescription(base: moods, element: mood)])
        #expect(
            try table.insert([.text("{sad,NULL,\"very sad\"}")]).map(\.value) == ["{\"m\":[\"sad\",null,\"very sad\"]}"]
        )
    }

    @Test func aTypeThatTheCatalogNoLongerKnowsIsText() throws {
        let table = try MappedTable([.init(isKey: true, name: "m", type: OID(rawValue: 16_403))])
        #expect(try table.insert([.text("{a}")]).map(\.value) == ["{\"m\":\"{a}\"}"])
    }
}
