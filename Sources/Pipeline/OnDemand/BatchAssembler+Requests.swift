internal import ReplicationProtocol
internal import RowMapping

/// What the stream says of requested snapshots: their requests, their watermarks, and the changes between those.
extension BatchAssembler {
    /// Takes a message with a prefix of ours, which never becomes a record.
    mutating func takeOwn(_ message: LogicalMessage, _ bytes: RawSpan) -> Step {
        guard message.isTransactional else { return .consumed }
        // Whoever may write a message may write a large one; one byte too many is enough to say so.
        let range = message.content.prefix(SnapshotRequest.maxBytes + 1)
        switch message.prefix {
        case SnapshotRequest.prefix: return .request(bytes.withUnsafeBytes { Array($0[range]) })
        case Watermark.prefix:
            // Anyone may write such a message, or write again one that he has seen.
            guard let requested, let mark = try? Watermark(json: bytes.withUnsafeBytes { Array($0[range]) }),
                requested.exchange.expects(mark)
            else { return .consumed }
            if mark.kind == .high { return .highMark(mark.chunk) }
            self.requested?.window.lowMark(of: mark.chunk)
            return .consumed
        default: return .consumed
        }
    }

    /// Notes a change of the table that is being read.
    @inline(never)
    mutating func noteRequested(_ message: WALMessage, _ bytes: RawSpan) {
        let xid = context.transaction?.xid ?? 0
        let (hasOld, hasNew) =
            switch message {
            case .insert: (false, true)
            case .update(_, let old): (old != .none, true)
            default: (true, false)
            }
        bytes.withUnsafeBytes { raw in
            requested?.window.rowChanged(tuples, old: hasOld, new: hasNew, in: raw, xid: xid)
        }
    }
}
