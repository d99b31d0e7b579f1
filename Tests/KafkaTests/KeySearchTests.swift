import Testing

@testable import Kafka

/// The search through windows of a topic, without a topic.
@Suite struct KeySearchTests {
    /// Notes windows of records, the last window of the topic first.
    private func search(_ key: String, _ windows: [[(key: String, value: String?)]]) -> KeySearch {
        var search = KeySearch(Array(key.utf8))
        for window in windows {
            for (key, value) in window {
                let (keyBytes, valueBytes) = (Array(key.utf8), value.map { Array($0.utf8) })
                keyBytes.withUnsafeBytes { key in
                    (valueBytes ?? []).withUnsafeBytes { value in
                        search.note(
                            KeySearch.Record(key: key, value: valueBytes == nil ? nil : value, timestamp: 0))
                    }
                }
            }
            search.endWindow()
        }
        return search
    }

    private func value(_ search: KeySearch) -> String? {
        search.value.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test func theLastRecordOfAWindowWinsAndAnEarlierWindowChangesNothing() {
        #expect(value(search("a", [[("a", "3"), ("a", "4")], [("a", "1"), ("a", "2")]])) == "4")
        #expect(value(search("a", [[("b", "3")], [("a", "1"), ("a", "2")]])) == "2")
        #expect(value(search("a", [[("a", "3"), ("a", nil)], [("a", "1")]])) == nil)
        #expect(value(search("a", [[("a", nil), ("a", "3")], [("a", "1")]])) == "3")
    }

    @Test func aKeyWhoseNewestRecordIsATombstoneIsNoOtherKey() {
        let search = search("a", [[("b", nil), ("c", "1")], [("b", "1"), ("d", "1"), ("c", nil)]])
        #expect(Set(search.otherKeys) == Set(["c", "d"].map { Array($0.utf8) }))
    }

    @Test func theOtherKeysOfAForeignTopicAreBounded() {
        let window = (0..<5000).map { (key: "\($0)", value: Optional("x")) }
        #expect(Array(search("a", [window, window]).otherKeys).count <= 2 * KeySearch.mostKeys)
        #expect(value(search("4999", [window])) == "x")
    }
}
