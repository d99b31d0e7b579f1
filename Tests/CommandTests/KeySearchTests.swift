import Testing

@testable import Kafka

@Suite struct KeySearchTests {
    /// The value found in windows that are given from the last to the first; "-" is a tombstone.
    private func newest(_ windows: [[String]], isCompared: Bool) -> String? {
        var search = KeySearch([1], isBehind: isCompared ? { $0.lexicographicallyPrecedes($1) } : nil)
        for window in windows {
            for value in window {
                [1].withUnsafeBytes { key in
                    Array(value.utf8).withUnsafeBytes { bytes in
                        search.note(
                            .init(
                                key: UnsafeRawBufferPointer(rebasing: key[..<1]), value: value == "-" ? nil : bytes,
                                timestamp: 0))
                    }
                }
            }
            search.endWindow()
        }
        return search.value.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test(
        "The last value is the newest, unless one before it is further on and no tombstone stands between",
        arguments: [
            (["1", "2", "3"], "3", "3"), (["1", "3", "2"], "2", "3"), (["3", "-", "2"], "2", "2"),
            (["3", "-", "2", "1"], "1", "2"), (["3", "-"], nil, nil), (["2", "2"], "2", "2"),
        ] as [([String], String?, String?)])
    func theNewestValue(window: [String], last: String?, furthest: String?) {
        #expect(newest([window], isCompared: false) == last)
        #expect(newest([window], isCompared: true) == furthest)
    }

    @Test func anEarlierWindowDecidesNothing() {
        #expect(newest([["1"], ["2"]], isCompared: true) == "1")
        #expect(newest([["-"], ["2"]], isCompared: true) == nil)
    }
}
