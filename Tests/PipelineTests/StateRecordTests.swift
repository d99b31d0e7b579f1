import Pipeline
import ReplicationProtocol
import Testing

@Suite struct StateRecordTests {
    private static let positions = [
        SourcePosition(lsn: .zero),
        SourcePosition(lsn: LSN("16/B374D848")!),
        SourcePosition(
            lsn: LSN(rawValue: .max), partial: .init(xid: .max, finalLSN: LSN(rawValue: .max), changes: .max)),
    ]
    private static let identities = [
        PipelineIdentity(systemIdentifier: "7412345678901234567", database: "shop", slot: "shop_slot"),
        PipelineIdentity(systemIdentifier: "1", database: "a \"b\"\\\u{1}\n\t/é漢🐘", slot: "s"),
        PipelineIdentity(systemIdentifier: "", database: "", slot: ""),
        PipelineIdentity(systemIdentifier: "1", database: "d", slot: "s", pipeline: "\"é漢🐘"),
    ]

    @Test func recordsReadAsText() {
        #expect(text(Self.positions[1].json) == #"{"lsn":"16/B374D848"}"#)
        let cut = SourcePosition(
            lsn: LSN("0/10")!, partial: .init(xid: 742, finalLSN: LSN("0/20")!, changes: 1000))
        #expect(text(cut.json) == #"{"lsn":"0/10","partial":{"xid":742,"finalLSN":"0/20","changes":1000}}"#)
        #expect(
            text(Self.identities[0].json)
                == #"{"kind":"position","systemIdentifier":"7412345678901234567","database":"shop","slot":"shop_slot"}"#
        )
    }

    @Test func aPipelinesNameStandsAtTheEndOfItsKey() {
        let named = PipelineIdentity(systemIdentifier: "7", database: "shop", slot: "s", pipeline: "eu")
        #expect(
            text(named.json)
                == #"{"kind":"position","systemIdentifier":"7","database":"shop","slot":"s","pipeline":"eu"}"#)
    }

    @Test("What is written reads back", arguments: positions)
    func positionReadsBack(position: SourcePosition) throws {
        #expect(try SourcePosition(json: position.json) == position)
    }

    @Test("A name reads back whatever it holds", arguments: identities)
    func identityReadsBack(identity: PipelineIdentity) throws {
        #expect(try PipelineIdentity(json: identity.json) == identity)
    }

    @Test(
        "Fields of a later version are passed over, whatever they hold",
        arguments: [
            #""z""#, #""\u00e9\/\b\f\r""#, "-1.5e+10", "0", "18446744073709551616", "null", "true", "false", "[]", "{}",
            #"[1,{"a":[ ]} , "x" ]"#,
        ])
    func unknownFields(value: String) throws {
        let record = " {\"later\" : \(value) , \"lsn\":\"0/10\" }\n"
        #expect(try SourcePosition(json: Array(record.utf8)) == SourcePosition(lsn: LSN("0/10")!))
    }

    @Test(
        "What is no position is an error",
        arguments: [
            ("", .malformed(at: 0)), ("[]", .malformed(at: 0)), ("{", .malformed(at: 1)), ("{}", .missingField("lsn")),
            (#"{"lsn":"0/10"} x"#, .malformed(at: 15)), (#"{"lsn":"0/10",}"#, .malformed(at: 14)),
            (#"{"lsn":"0/10","lsn":"0/20"}"#, .malformed(at: 26)), (#"{"lsn":16}"#, .wrongField("lsn")),
            (#"{"lsn":"16"}"#, .wrongField("lsn")), (#"{"lsn":"\ud83d"}"#, .malformed(at: 14)),
            (#"{"lsn":"0/10","partial":null}"#, .wrongField("partial")),
            (#"{"lsn":"0/10","partial":{}}"#, .missingField("xid")),
            (#"{"lsn":"0/10","partial":{"xid":4294967296,"finalLSN":"0/1","changes":1}}"#, .wrongField("xid")),
            (#"{"lsn":"0/10","partial":{"xid":1,"finalLSN":"0/1","changes":-1}}"#, .wrongField("changes")),
            (#"{"lsn":"0/10","partial":{"xid":1,"finalLSN":"0/1","changes":1.0}}"#, .wrongField("changes")),
            (#"{"lsn":"0/10","n":01}"#, .malformed(at: 19)), (#"{"lsn":"0/10","n":nul}"#, .malformed(at: 21)),
        ] as [(String, StateRecordError)])
    func malformed(record: String, expected: StateRecordError) {
        #expect(throws: expected) { try SourcePosition(json: Array(record.utf8)) }
    }

    @Test func anotherKindOfRecordIsNoPosition() {
        let key = #"{"kind":"snapshot","systemIdentifier":"1","database":"d","slot":"s"}"#
        #expect(throws: StateRecordError.wrongField("kind")) { try PipelineIdentity(json: Array(key.utf8)) }
    }

    @Test func textThatIsNotUTF8IsAnError() {
        let record = Array(#"{"lsn":"0/10","x":""#.utf8) + [0xFF] + Array("\"}".utf8)
        #expect(throws: StateRecordError.malformed(at: 19)) { try SourcePosition(json: record) }
    }

    @Test func arraysAreNotReadDeeperThanTheStackIsSafe() {
        let record = #"{"lsn":"0/10","x":"# + String(repeating: "[", count: 1_000_000)
        #expect(throws: StateRecordError.self) { try SourcePosition(json: Array(record.utf8)) }
    }

    @Test func aRecordCutAnywhereIsAnError() {
        for record in Self.positions.map(\.json) {
            for length in 0..<record.count {
                #expect(throws: StateRecordError.self) { try SourcePosition(json: Array(record.prefix(length))) }
            }
        }
        for record in Self.identities.map(\.json) {
            for length in 0..<record.count {
                #expect(throws: StateRecordError.self) { try PipelineIdentity(json: Array(record.prefix(length))) }
            }
        }
    }

    @Test func damagedRecordsAreErrorsOrPositionsAndNeverTrap() {
        var random = SeededRandom(seed: 5)
        let originals = Self.positions.map(\.json) + Self.identities.map(\.json)
        for _ in 0..<50_000 {
            var record = originals.randomElement(using: &random)!
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<record.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: record[index] = UInt8.random(in: 0...255, using: &random)
                case 1: record.insert(Array("{}[]\",:\\u0-".utf8).randomElement(using: &random)!, at: index)
                default: if record.count > 1 { record.remove(at: index) }
                }
            }
            if let position = try? SourcePosition(json: record) {
                #expect((try? SourcePosition(json: position.json)) == position)
            }
            if let identity = try? PipelineIdentity(json: record) {
                #expect((try? PipelineIdentity(json: identity.json)) == identity)
            }
        }
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
