internal import CLibpq
internal import LinuxSupport
public import ReplicationProtocol

extension Connection {
    /// What the server's WAL holds at a place where a transaction is said to be committed; only on a replication connection,
    /// which is of no use afterwards.
    ///
    /// Read as a physical standby reads, so whatever logical decoding leaves out is here as well.
    ///
    /// - Returns: nil where the WAL of that place is gone, not written yet, or cannot be read.
    public func commitRecord(at lsn: LSN) throws(PostgresError) -> WALPages.Finding? {
        let action = "look for a transaction in the WAL at \(lsn)"
        guard let timeline = try timeline(isStandby: false) else { return nil }
        // A place before a promotion is read in the timeline of then.
        let id = timeline.history?.ends.first { lsn < $0.end }?.timeline ?? timeline.id
        var pages = WALPages(around: lsn)
        do throws(PostgresError) {
            let result = try query("START_REPLICATION PHYSICAL \(pages.begin) TIMELINE \(id)", to: action)
            guard result.status == PGRES_COPY_BOTH else { return nil }
        } catch  where error.kind == .refused {
            return nil
        }
        let finding = try read(lsn, into: &pages, action)
        // The server would note a client that just goes away.
        if PQputCopyEnd(handle, nil) == 1 { try? flush(action, deadline: .now + .seconds(1), watchesWakeup: false) }
        return finding
    }

    private func read(
        _ lsn: LSN, into pages: inout WALPages, _ action: String
    ) throws(PostgresError) -> WALPages.Finding? {
        let deadline = ContinuousClock.now + .seconds(5)
        var finding = WALPages.Finding.incomplete
        while finding == .incomplete {
            var buffer: UnsafeMutablePointer<CChar>?
            let length = PQgetCopyData(handle, &buffer, 1)
            defer { PQfreemem(buffer) }
            switch length {
            case 1...:
                let frame = UnsafeRawBufferPointer(start: buffer, count: Int(length))
                // XLogData: its type, three numbers of 8 bytes, and the WAL.
                guard frame[0] == UInt8(ascii: "w"), frame.count > 25 else { continue }
                pages.append(frame[25...])
                finding = pages.record(at: lsn)
            case 0:
                guard ContinuousClock.now < deadline else { return nil }
                try waitForInput(action, until: deadline)
                guard PQconsumeInput(handle) == 1 else { throw lost(action) }
            default: return nil
            }
        }
        return finding
    }
}
