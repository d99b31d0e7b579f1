/// The identities of rows that the stream has changed between two watermarks.
///
/// A hash table with open addressing over one array of keys: a key that is added or looked up allocates nothing, but for
/// the arrays' growth. Bounded in bytes, for a window in which a whole table is rewritten.
struct TouchedKeys {
    private struct Slot {
        /// Where the key stands in ``keys``; -1 for a free slot.
        var offset = -1
        var length = 0
    }

    private let limit: Int
    private var slots = [Slot](repeating: Slot(), count: 16)
    private var keys: [UInt8] = []
    private(set) var count = 0
    /// Whether a key found no room, so that every key must be taken for touched.
    private(set) var isOverfull = false

    /// - Parameter limit: bytes of keys and of the table that finds them.
    init(limit: Int) { self.limit = limit }

    private var byteCount: Int { keys.count + slots.count * MemoryLayout<Slot>.stride }

    mutating func removeAll() {
        // What a large window needed is given back.
        if slots.count > 4096 { slots = [] }
        slots = [Slot](repeating: Slot(), count: max(16, slots.count))
        keys.removeAll(keepingCapacity: keys.count < 1 << 16)
        count = 0
        isOverfull = false
    }

    mutating func insert(_ key: [UInt8]) {
        if isOverfull { return }
        // At most half full, so that look-ups find a free slot soon.
        if 2 * (count + 1) > slots.count { grow() }
        let index = index(of: key)
        guard slots[index].offset < 0 else { return }
        guard byteCount + key.count <= limit else {
            isOverfull = true
            return
        }
        slots[index] = Slot(offset: keys.count, length: key.count)
        keys.append(contentsOf: key)
        count += 1
    }

    func contains(_ key: [UInt8]) -> Bool { isOverfull || slots[index(of: key)].offset >= 0 }

    /// The slot that holds `key`, or the free one where it would go.
    private func index(of key: some Collection<UInt8>) -> Int {
        // FNV-1a. <https://datatracker.ietf.org/doc/draft-eastlake-fnv/>
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in key { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let mask = slots.count - 1
        var index = Int(truncatingIfNeeded: hash) & mask
        while slots[index].offset >= 0, !holds(slots[index], key) { index = (index + 1) & mask }
        return index
    }

    private func holds(_ slot: Slot, _ key: some Collection<UInt8>) -> Bool {
        slot.length == key.count
            && keys[slot.offset..<slot.offset + slot.length].elementsEqual(key)
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: Slot(), count: old.count * 2)
        for slot in old where slot.offset >= 0 {
            slots[index(of: keys[slot.offset..<slot.offset + slot.length])] = slot
        }
    }
}
