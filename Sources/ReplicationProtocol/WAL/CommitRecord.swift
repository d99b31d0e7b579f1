/// A transaction's commit, as the WAL itself records it.
///
/// A publication decides what is sent of a transaction; its record in the WAL is there in any case, and so tells whether a
/// server has come through the transaction.
public struct CommitRecord: Hashable, Sendable {
    /// nil for the commit of a prepared transaction, whose record has none in its header.
    public var xid: UInt32?
    /// When it was committed, and, for a transaction that was itself replicated, when it was where it came from.
    public var times: [ServerTime]

    public init(xid: UInt32?, times: [ServerTime]) {
        self.xid = xid
        self.times = times
    }
}

/// Pages of the WAL, as physical replication sends them: every page has a header, and a record can go over several pages.
/// The layout is that of PostgreSQL 14 to 18, in `access/xlog_internal.h`, `access/xlogrecord.h` and `access/xact.h`.
public struct WALPages: Sendable {
    /// What stands at a place.
    public enum Finding: Hashable, Sendable {
        /// Whether it is one takes more pages.
        case incomplete
        case commit(CommitRecord)
        /// Another record, or none begins there.
        case noCommit
        /// The pages have another layout than the known ones.
        case unreadable
    }

    private let start: LSN
    private var bytes: [UInt8] = []

    private static let pageSize = 8192
    /// Of a page, and of the first page of a file.
    private static let headerSizes = (short: 24, long: 40)
    /// `XLOG_PAGE_MAGIC` of PostgreSQL 14 and of 18.
    private static let magic: ClosedRange<UInt64> = 0xD10D...0xD118
    private static let recordHeaderSize = 24
    /// Records of a commit are far shorter, unless it has very many subtransactions.
    private static let longest = 1 << 20

    /// - Parameter lsn: a place on the first page.
    public init(around lsn: LSN) {
        start = LSN(rawValue: lsn.rawValue & ~UInt64(Self.pageSize - 1))
    }

    /// Where the first page begins, from where on the bytes are to be appended.
    public var begin: LSN { start }

    public mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    /// Looks at the record that begins at `lsn`.
    public func record(at lsn: LSN) -> Finding {
        var reader = Reader(pages: self, offset: Int(lsn.bytes(since: start)))
        do throws(Stop) {
            return try commit(&reader)
        } catch {
            return error == .end ? .incomplete : .unreadable
        }
    }

    private func commit(_ reader: inout Reader) throws(Stop) -> Finding {
        let length = Int(try reader.number(bytes: 4))
        let xid = UInt32(try reader.number(bytes: 4))
        try reader.skip(8)
        let info = try reader.number(bytes: 1)
        let manager = try reader.number(bytes: 1)
        try reader.skip(6)
        let operation = info & 0x70
        // RM_XACT_ID; XLOG_XACT_COMMIT and XLOG_XACT_COMMIT_PREPARED.
        guard manager == 1, operation == 0 || operation == 0x30, length > Self.recordHeaderSize else {
            return .noCommit
        }
        guard length <= Self.longest else { throw .unreadable }
        var rest = length - Self.recordHeaderSize
        var dataLength = 0
        while dataLength == 0 {
            let id = try reader.number(bytes: 1)
            switch id {
            // XLR_BLOCK_ID_TOPLEVEL_XID and XLR_BLOCK_ID_ORIGIN come before the data.
            case 252:
                try reader.skip(4)
                rest -= 5
            case 253:
                try reader.skip(2)
                rest -= 3
            case 254:
                dataLength = Int(try reader.number(bytes: 4))
                rest -= 5
            case 255:
                dataLength = Int(try reader.number(bytes: 1))
                rest -= 2
            default: return .noCommit
            }
        }
        guard dataLength == rest, dataLength >= 8 else { return .noCommit }
        var times = [ServerTime(rawValue: Int64(bitPattern: try reader.number(bytes: 8)))]
        // XLOG_XACT_HAS_INFO, and in it XACT_XINFO_HAS_ORIGIN: the origin's LSN and time stand last.
        if info & 0x80 != 0, dataLength >= 28, try reader.number(bytes: 4) & 0x20 != 0 {
            try reader.skip(dataLength - 12 - 8)
            times.append(ServerTime(rawValue: Int64(bitPattern: try reader.number(bytes: 8))))
        }
        return .commit(CommitRecord(xid: operation == 0 ? xid : nil, times: times))
    }

    /// Why a record could not be read to its end.
    private enum Stop: Error {
        case end
        case unreadable
    }

    /// Reads on over the pages' headers.
    private struct Reader {
        let pages: WALPages
        var offset: Int
        /// The page whose header was looked at last.
        private var page = -1

        init(pages: WALPages, offset: Int) {
            self.pages = pages
            self.offset = offset
        }

        mutating func skip(_ count: Int) throws(Stop) {
            for _ in 0..<count { _ = try byte() }
        }

        /// A number in the order of bytes that nearly all machines have; others' pages are not readable.
        mutating func number(bytes count: Int) throws(Stop) -> UInt64 {
            var number: UInt64 = 0
            for index in 0..<count { number |= UInt64(try byte()) << UInt64(8 * index) }
            return number
        }

        private mutating func byte() throws(Stop) -> UInt8 {
            if offset / WALPages.pageSize != page { try enterPage() }
            guard offset < pages.bytes.count else { throw .end }
            defer { offset += 1 }
            return pages.bytes[offset]
        }

        private mutating func enterPage() throws(Stop) {
            page = offset / WALPages.pageSize
            let begin = page * WALPages.pageSize
            guard begin + WALPages.headerSizes.long <= pages.bytes.count else { throw .end }
            func field(_ place: Int, _ count: Int) -> UInt64 {
                (0..<count).reduce(0) { $0 | UInt64(pages.bytes[begin + place + $1]) << UInt64(8 * $1) }
            }
            guard WALPages.magic.contains(field(0, 2)), field(8, 8) == pages.start.rawValue &+ UInt64(begin) else {
                throw .unreadable
            }
            // XLP_LONG_HEADER.
            let header = field(2, 2) & 2 != 0 ? WALPages.headerSizes.long : WALPages.headerSizes.short
            offset = max(offset, begin + header)
        }
    }
}
