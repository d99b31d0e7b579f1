import ReplicationProtocol
import RowMapping
import Testing

@testable import Pipeline

/// Which requests wait, and what of the first is done.
@Suite struct RequestLedgerTests {
    private func request(_ table: String, _ condition: String? = nil) -> SnapshotRequest {
        SnapshotRequest(table: TableName(schema: "public", name: table), condition: condition)
    }

    private func place(_ page: UInt32) -> RequestProgress.Place {
        RequestProgress.Place(oid: OID(rawValue: 5), fileNode: OID(rawValue: 6), next: TupleID(page: page, item: 0))
    }

    @Test func theSameRequestWaitsOnce() {
        var ledger = RequestLedger()
        for _ in 0..<1000 { _ = ledger.take(request("a"), isFollowed: false) }
        #expect(ledger.all.map(\.request) == [request("a")])
        // It is being followed, and has sent nothing: all of its rows are still to come.
        #expect(ledger.take(request("a"), isFollowed: true) == .known)
        #expect(ledger.all.count == 1)
    }

    @Test func ofATableTheNewestRequestWaits() {
        var ledger = RequestLedger([RequestProgress(request("b"))])
        #expect(ledger.take(request("a"), isFollowed: true) == .taken)
        for number in 0..<1000 {
            #expect(ledger.take(request("a", "id > \(number)"), isFollowed: true) == .replacing)
        }
        #expect(ledger.all.map(\.request) == [request("b"), request("a", "id > 999")])
    }

    @Test func whatHasBegunIsBroughtToItsEndBeforeTheSameIsDoneAgain() {
        var ledger = RequestLedger([RequestProgress(request("a"))])
        ledger.wasSent(1, upTo: place(1), rows: 1, bytes: 1, isLast: false)
        for _ in 0..<3 { _ = ledger.take(request("a"), isFollowed: true) }
        #expect(ledger.all.count == 2)
        // As it stands in the position of a process that was killed.
        var resumed = RequestLedger([RequestProgress(request("a"), at: place(1))])
        #expect(resumed.take(request("a"), isFollowed: false) == .taken)
        #expect(resumed.all.map(\.place) == [place(1), nil])
    }

    @Test func moreThanPositionsHoldAreRefused() {
        var ledger = RequestLedger()
        for number in 0..<RequestLedger.limit {
            #expect(ledger.take(request("t\(number)"), isFollowed: false) == .taken)
        }
        #expect(ledger.take(request("another"), isFollowed: false) == .refused)
        #expect(ledger.all.count == RequestLedger.limit)
    }

    @Test func whatIsDeliveredIsDoneInOrder() {
        var ledger = RequestLedger([RequestProgress(request("a")), RequestProgress(request("b"))])
        ledger.wasSent(.max, upTo: place(1), rows: 10, bytes: 100, isLast: false)
        ledger.wasSent(0, upTo: place(2), rows: 20, bytes: 200, isLast: true)
        // Nothing of the next before this is delivered.
        #expect(ledger.next == nil)
        ledger.wereDelivered(before: .max)
        #expect(ledger.all[0].place == nil)
        ledger.wereDelivered(before: 0)
        #expect(ledger.all[0] == RequestProgress(request("a"), at: place(1), rows: 10, bytes: 100))
        ledger.wereDelivered(before: 1)
        #expect(ledger.takeDone() == [RequestProgress(request("a"), at: place(2), rows: 30, bytes: 300)])
        #expect(ledger.takeDone() == [])
        #expect(ledger.next?.request == request("b"))
    }

    @Test func aWithdrawalEndsEveryRequestOfItsTable() {
        var ledger = RequestLedger([RequestProgress(request("a"), at: place(1))])
        for table in ["b", "a"] { _ = ledger.take(request(table), isFollowed: true) }
        ledger.wasSent(1, upTo: place(2), rows: 1, bytes: 1, isLast: true)
        let (count, first) = ledger.remove { $0.table.name == "a" }
        #expect(count == 2 && first)
        // What was on its way is nothing to the one that follows.
        ledger.wereDelivered(before: nil)
        #expect(ledger.all == [RequestProgress(request("b"))])
        #expect(ledger.takeDone() == [])
    }

    @Test func readingGoesOnWhereItWas() {
        let columns = Relation(
            oid: OID(rawValue: 1), schema: "public", name: "a", replicaIdentity: .default, columns: [])
        func leaf(_ oid: UInt32, file: UInt32 = 6, pages: UInt32 = 9) -> SnapshotLeaf {
            SnapshotLeaf(
                table: TableName(schema: "public", name: "a\(oid)"), oid: OID(rawValue: oid),
                fileNode: OID(rawValue: file), relation: columns, pages: pages, estimatedRows: nil, byteCount: 0)
        }
        let beginning = TupleID(page: 0, item: 0)
        #expect(RequestProgress(request("a")).start(of: leaf(5)) == beginning)
        let progress = RequestProgress(request("a"), at: place(3))
        #expect(progress.start(of: leaf(4)) == nil)
        #expect(progress.start(of: leaf(5)) == TupleID(page: 3, item: 0))
        #expect(progress.start(of: leaf(6)) == beginning)
        // Another file has other pages.
        #expect(progress.start(of: leaf(5, file: 7)) == beginning)
        #expect(progress.start(of: leaf(5, pages: 3)) == nil)
        #expect(RequestProgress(request("a"), at: place(0)).start(of: leaf(5, pages: 0)) == beginning)
    }
}
