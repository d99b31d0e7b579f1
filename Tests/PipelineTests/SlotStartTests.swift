import Pipeline
import ReplicationProtocol
import Testing

@Suite struct SlotStartTests {
    @Test(
        "A process goes on behind what it has had confirmed, unless this server has never come so far",
        arguments: [
            // Confirmed, the slot, the end of the WAL, where to begin.
            (0, 10, 50, 10), (20, 10, 50, 20), (10, 20, 50, 20), (50, 10, 50, 50), (51, 10, 50, 10),
            (20, 10, nil, 20),
        ] as [(UInt64, UInt64, UInt64?, UInt64)])
    func begin(confirmed: UInt64, slot: UInt64, current: UInt64?, expected: UInt64) {
        let start = SlotStart(
            identity: PipelineIdentity(systemIdentifier: "1", database: "d", slot: "s"),
            confirmedFlush: LSN(rawValue: slot), current: current.map { LSN(rawValue: $0) })
        #expect(start.begin(after: LSN(rawValue: confirmed)) == LSN(rawValue: expected))
    }
}
