import Testing

@testable import Configuration
@testable import RowMapping

@Suite struct KeyTableTests {
    @Test func noKeyIsListedTwice() {
        let paths = KeyTable.all.map(\.path)
        #expect(Set(paths).count == paths.count)
    }

    @Test(arguments: KeyTable.all.map(\.path)) func aDefaultIsAValueOfItsType(_ path: String) throws {
        let specification = try #require(KeyTable.all.first { $0.path == path })
        if case .value(let text) = specification.default {
            #expect(throws: Never.self) { try specification.type.parse(text) }
        }
        #expect(specification.meaning.hasSuffix(".") && !specification.meaning.contains("\n"))
    }

    @Test(
        arguments: [
            ("hots", "host"), ("slotname", nil), ("producerBatchsize", "producerBatchSize"), ("brokes", "brokers"),
            ("zzz", nil), (String(repeating: "a", count: 5000), nil), ("", nil),
        ] as [(String, String?)])
    func aSlipIsRecognized(_ word: String, _ meant: String?) {
        #expect(
            Spelling.nearest(to: word, among: ["host", "name", "producerBatchSize", "producerBatchBytes", "brokers"])
                == meant)
    }
}
