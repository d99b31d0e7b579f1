/// Looks for the newest value of one key in windows of a partition that are given from the last to the first, each
/// read forwards. Pure.
struct KeySearch {
    /// A record, lent by the client.
    struct Record {
        var key: UnsafeRawBufferPointer
        /// nil for a tombstone.
        var value: UnsafeRawBufferPointer?
        var timestamp: Int64
    }

    struct Value {
        var bytes: [UInt8]
        var timestamp: Int64
    }

    let key: [UInt8]
    /// Whether a value stands behind another one, though it was written later; nil where the last one is the newest.
    private let isBehind: ((_ value: [UInt8], _ other: [UInt8]) -> Bool)?
    private(set) var value: Value?
    /// Whether a record of the key was found, be it a tombstone.
    private var isDecided = false
    /// What the window being read holds of the key.
    private var candidate: Value??
    /// Whether the newest record of each other key carries a value; the window being read apart.
    private var others: [[UInt8]: Bool] = [:]
    private var othersOfWindow: [[UInt8]: Bool] = [:]

    init(_ key: [UInt8], isBehind: ((_ value: [UInt8], _ other: [UInt8]) -> Bool)? = nil) {
        self.key = key
        self.isBehind = isBehind
    }

    /// A topic of positions has a key per pipeline; one with more than this is some other topic, and its keys are no
    /// more than an example.
    static let mostKeys = 1000

    var otherKeys: some Sequence<[UInt8]> { others.lazy.filter(\.value).map(\.key) }

    /// Records without a key stand for nothing.
    mutating func note(_ record: Record) {
        if record.key.elementsEqual(key) {
            let value = record.value.map { Value(bytes: Array($0), timestamp: record.timestamp) }
            // What a tombstone stands between is not compared.
            if let isBehind, let value, case .some(.some(let best)) = candidate, isBehind(value.bytes, best.bytes) {
                return
            }
            candidate = .some(value)
        } else {
            let other = Array(record.key)
            guard others.count < Self.mostKeys, othersOfWindow.count < Self.mostKeys || othersOfWindow[other] != nil
            else { return }
            othersOfWindow[other] = record.value != nil
        }
    }

    /// The next record stands before all of those so far.
    mutating func endWindow() {
        if !isDecided, let candidate {
            isDecided = true
            value = candidate
        }
        candidate = nil
        others.merge(othersOfWindow) { newer, _ in newer }
        othersOfWindow.removeAll()
    }
}
