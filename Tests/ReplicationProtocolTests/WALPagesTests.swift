import Testing

@testable import ReplicationProtocol

/// What stands in pages of the WAL is read at every length without a trap, and only what is a commit is called one.
@Suite struct WALPagesTests {
    private static let start: UInt64 = 0x5000000

    private static func little(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }

    /// A commit's record with `subtransactions`, and an origin's time, where there is one.
    private static func commit(xid: UInt32, time: Int64, subtransactions: Int = 0, origin: Int64? = nil) -> [UInt8] {
        var data = little(UInt64(bitPattern: time), 8)
        let flags: UInt64 = (subtransactions > 0 ? 2 : 0) | (origin == nil ? 0 : 0x20)
        if flags != 0 { data += little(flags, 4) }
        if subtransactions > 0 {
            data += little(UInt64(subtransactions), 4) + [UInt8](repeating: 0xAB, count: 4 * subtransactions)
        }
        if let origin { data += little(9, 8) + little(UInt64(bitPattern: origin), 8) }
        var body: [UInt8] = origin == nil ? [] : [253, 1, 0]
        body += data.count < 256 ? [255, UInt8(data.count)] : [254] + little(UInt64(data.count), 4)
        body += data
        return little(UInt64(24 + body.count), 4) + little(UInt64(xid), 4) + little(0, 8)
            + [flags == 0 ? 0 : 0x80, 1, 0, 0] + little(0, 4) + body
    }

    /// Pages in which `record` begins at `offset` of the first.
    private static func pages(_ record: [UInt8], at offset: Int, magic: UInt64 = 0xD110) -> [UInt8] {
        var bytes: [UInt8] = []
        func header() -> [UInt8] {
            let first = bytes.isEmpty
            return little(magic, 2) + little(first ? 2 : 1, 2) + little(1, 4) + little(start + UInt64(bytes.count), 8)
                + [UInt8](repeating: 0, count: first ? 24 : 8)
        }
        bytes += header()
        bytes += [UInt8](repeating: 0, count: offset - bytes.count)
        for byte in record {
            if bytes.count % 8192 == 0 { bytes += header() }
            bytes.append(byte)
        }
        return bytes + [UInt8](repeating: 0, count: 64)
    }

    private static func finding(_ bytes: some Sequence<UInt8>, at offset: Int) -> WALPages.Finding {
        let lsn = LSN(rawValue: start + UInt64(offset))
        var pages = WALPages(around: lsn)
        #expect(pages.begin == LSN(rawValue: start))
        pages.append(bytes)
        return pages.record(at: lsn)
    }

    @Test(arguments: [40, 1000, 8168, 8176, 8184])
    func aCommitIsReadAcrossPagesAndNeverBeforeItIsThereAsAWhole(offset: Int) {
        for (record, times) in [
            (Self.commit(xid: 7, time: 77), [77]),
            (Self.commit(xid: 7, time: 77, subtransactions: 5000, origin: -5), [77, -5]),
        ] as [([UInt8], [Int64])] {
            let bytes = Self.pages(record, at: offset)
            let expected = WALPages.Finding.commit(CommitRecord(xid: 7, times: times.map { ServerTime(rawValue: $0) }))
            #expect(Self.finding(bytes, at: offset) == expected)
            for length in stride(from: 0, to: bytes.count, by: 37) {
                let found = Self.finding(bytes.prefix(length), at: offset)
                #expect(found == .incomplete || found == expected, "\(length)")
            }
        }
    }

    @Test func otherRecordsAndOtherLayoutsAreNoCommit() {
        var other = Self.commit(xid: 7, time: 77)
        other[17] = 10
        #expect(Self.finding(Self.pages(other, at: 40), at: 40) == .noCommit)
        var abort = Self.commit(xid: 7, time: 77)
        abort[16] = 0x20
        #expect(Self.finding(Self.pages(abort, at: 40), at: 40) == .noCommit)
        #expect(Self.finding(Self.pages([UInt8](repeating: 0, count: 100), at: 40), at: 40) == .noCommit)
        let commit = Self.commit(xid: 7, time: 77)
        #expect(Self.finding(Self.pages(commit, at: 40, magic: 0x10D1), at: 40) == .unreadable)
        #expect(Self.finding(Self.pages(commit, at: 40, magic: 0xD200), at: 40) == .unreadable)
    }

    @Test func anyBytesAreReadWithoutATrap() {
        var random = SystemRandomNumberGenerator()
        let base = Self.pages(Self.commit(xid: 7, time: 77, subtransactions: 3000, origin: 1), at: 8000)
        for _ in 0..<2000 {
            var bytes = base
            for _ in 0..<4 { bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255) }
            _ = Self.finding(bytes, at: 8000)
        }
    }
}
