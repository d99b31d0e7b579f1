/// The numbers of the topics that are open, by their names' bytes: for topics that a row decides.
///
/// A look-up allocates nothing. Names are never removed: their number is that of the topics themselves.
struct TopicNumbers {
    /// What stands in a number's place for a topic that rows may not go to: a negative number each.
    private enum Mark {
        /// Whether the topic may be opened is to be asked again.
        static let unknown: Int32 = .min
    }

    private struct Slot {
        /// Where the name stands in ``names``; -1 for a free slot.
        var offset = -1
        var length = 0
        var number: Int32 = 0
    }

    private var slots = [Slot](repeating: Slot(), count: 16)
    private var names: [UInt8] = []
    private var count = 0

    /// The number of a topic that is open, or, negative, that of ``TopicRefusal`` for one that no row may go to; nil
    /// where neither is known.
    func number(of name: UnsafeBufferPointer<UInt8>) -> Int32? {
        let slot = slots[index(of: name)]
        return slot.offset < 0 || slot.number == Mark.unknown ? nil : slot.number
    }

    /// Forgets which topics rows may not go to.
    mutating func forgetRefusals() {
        for index in slots.indices where slots[index].number < 0 { slots[index].number = Mark.unknown }
    }

    /// Notes a topic that has been opened, or refused with a negative number; what was noted last holds.
    mutating func insert(_ name: UnsafeBufferPointer<UInt8>, number: Int32) {
        // At most half full, so that look-ups find a free slot soon.
        if 2 * (count + 1) > slots.count { grow() }
        let index = index(of: name)
        guard slots[index].offset < 0 else {
            slots[index].number = number
            return
        }
        slots[index] = Slot(offset: names.count, length: name.count, number: number)
        names.append(contentsOf: name)
        count += 1
    }

    /// The slot that holds `name`, or the free one where it would go.
    private func index(of name: UnsafeBufferPointer<UInt8>) -> Int {
        // FNV-1a. <https://datatracker.ietf.org/doc/draft-eastlake-fnv/>
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let mask = slots.count - 1
        var index = Int(truncatingIfNeeded: hash) & mask
        while slots[index].offset >= 0, !holds(slots[index], name) { index = (index + 1) & mask }
        return index
    }

    private func holds(_ slot: Slot, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        slot.length == name.count
            && names.withUnsafeBufferPointer { $0[slot.offset..<slot.offset + slot.length].elementsEqual(name) }
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: Slot(), count: old.count * 2)
        for slot in old where slot.offset >= 0 {
            let index = names.withUnsafeBufferPointer {
                self.index(of: UnsafeBufferPointer(rebasing: $0[slot.offset..<slot.offset + slot.length]))
            }
            slots[index] = slot
        }
    }
}
