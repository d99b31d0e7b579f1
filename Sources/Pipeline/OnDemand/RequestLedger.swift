/// The requests for snapshots that are not done, and what of the first is on its way. Pure; owned by the batcher.
///
/// A chunk counts as delivered only together with what the position says: in exactly-once with the Kafka transaction that
/// holds its rows, in at-least-once when Kafka has confirmed them.
struct RequestLedger {
    /// What becomes of a request that has come by in the stream.
    enum Admission: Hashable {
        case taken
        /// It stands in the place of another one of its table that waits.
        case replacing
        /// The same is waiting already.
        case known
        /// Too many others wait.
        case refused
    }

    private struct Sent {
        var batch: UInt32
        var place: RequestProgress.Place
        var rows: UInt64
        var bytes: UInt64
        var isLast: Bool
    }

    /// More are refused: each is part of every position.
    static let limit = 8

    /// In their order. Only the first is ever followed.
    private(set) var all: [RequestProgress] = []
    private var sent: [Sent] = []
    private var done: [RequestProgress] = []

    /// - Parameter all: what the position has.
    init(_ all: [RequestProgress] = []) { self.all = all }

    // MARK: Requests

    /// The request to follow; nil where there is none, or the first has only to be delivered.
    var next: RequestProgress? { sent.last?.isLast == true ? nil : all.first }

    /// Takes a request in. Of one table at most one waits, the newest: it says what is wanted now. One of which rows were sent
    /// is brought to its end before.
    ///
    /// - Parameter isFollowed: whether the first is being followed.
    mutating func take(_ request: SnapshotRequest, isFollowed: Bool) -> Admission {
        if let first = all.first, first.request.asksForTheSame(as: request), first.place == nil, sent.isEmpty {
            return .known
        }
        let waiting = all.indices.dropFirst(isFollowed || all.first?.place != nil || !sent.isEmpty ? 1 : 0)
        if let index = waiting.first(where: { all[$0].request.table == request.table }) {
            if all[index].request.asksForTheSame(as: request) { return .known }
            all[index] = RequestProgress(request)
            return .replacing
        }
        guard all.count < Self.limit else { return .refused }
        all.append(RequestProgress(request))
        return .taken
    }

    /// Forgets the first, which cannot be followed.
    mutating func removeFirst() {
        all.removeFirst()
        sent.removeAll()
    }

    /// The first has turned out to have nothing that is left to be read.
    mutating func finishFirst() {
        done.append(all.removeFirst())
        sent.removeAll()
    }

    /// Forgets those that are withdrawn.
    ///
    /// - Returns: how many there were, and whether the first was among them.
    mutating func remove(where isWithdrawn: (SnapshotRequest) -> Bool) -> (count: Int, first: Bool) {
        let count = all.count
        let isFirst = all.first.map { isWithdrawn($0.request) } ?? false
        if isFirst { sent.removeAll() }
        all.removeAll { isWithdrawn($0.request) }
        return (count - all.count, isFirst)
    }

    // MARK: Chunks of the first

    /// Notes that a chunk's rows stand in `batch` and those before it.
    ///
    /// - Parameter isLast: whether nothing is left to be read.
    mutating func wasSent(_ batch: UInt32, upTo place: RequestProgress.Place, rows: UInt64, bytes: Int, isLast: Bool) {
        sent.append(Sent(batch: batch, place: place, rows: rows, bytes: UInt64(bytes), isLast: isLast))
    }

    /// Everything in batches before `oldest` is delivered; nil says so of all.
    mutating func wereDelivered(before oldest: UInt32?) {
        var count = 0
        for chunk in sent {
            // Batches' numbers go round.
            if let oldest, Int32(bitPattern: chunk.batch &- oldest) >= 0 { break }
            count += 1
            all[0].place = chunk.place
            // What the position had of them somebody else may have written.
            all[0].rows = Self.sum(all[0].rows, chunk.rows)
            all[0].bytes = Self.sum(all[0].bytes, chunk.bytes)
            if chunk.isLast { done.append(all.removeFirst()) }
        }
        sent.removeFirst(count)
    }

    private static func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }

    /// Whether nothing is left to be done or said.
    var isEmpty: Bool { all.isEmpty && done.isEmpty }

    /// Takes the requests that were done since this was asked last.
    mutating func takeDone() -> [RequestProgress] {
        defer { done = [] }
        return done
    }
}
