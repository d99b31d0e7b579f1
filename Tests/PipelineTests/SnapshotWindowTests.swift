import ReplicationProtocol
import Testing

@testable import Pipeline

/// The decision at the high watermark: single cases, and histories at random against a reference.
@Suite struct SnapshotWindowTests {
    static let relation = Relation(
        oid: OID(rawValue: 1), schema: "public", name: "users", replicaIdentity: .default,
        columns: [
            Relation.Column(isKey: true, name: "id", type: OID(rawValue: 23)),
            Relation.Column(isKey: false, name: "name", type: OID(rawValue: 25)),
        ])

    private func window(limit: Int = 1 << 20) throws -> SnapshotWindow {
        SnapshotWindow(identity: try #require(RowIdentity(Self.relation, primaryKey: ["id"])), limit: limit)
    }

    private func snapshot(_ xmin: UInt64, _ xmax: UInt64, _ running: UInt64...) -> TransactionSnapshot {
        TransactionSnapshot(xmin: xmin, xmax: xmax, inProgress: running)
    }

    private func judge(
        _ window: inout SnapshotWindow, _ chunk: UInt64, _ snapshot: TransactionSnapshot
    ) -> SnapshotWindow.Verdict {
        window.highMark(of: chunk, snapshot)
    }

    @Test func rowsThatChangedBetweenTheMarksAreLeftOut() throws {
        var window = try window()
        window.change("1", xid: 10)
        window.lowMark(of: 1)
        #expect(window.isOpen)
        window.change("2", xid: 11)
        #expect(judge(&window, 1, snapshot(12, 12)) == .send)
        #expect(!window.isOpen)
        window.change("3", xid: 12)
        let newer = ["1", "2", "3"].filter { window.hasNewer($0) }
        #expect(newer == ["2"])
    }

    @Test func aTruncatedTableHasNoRowsToSend() throws {
        var window = try window()
        window.lowMark(of: 1)
        window.tableWasTruncated(xid: 10)
        #expect(judge(&window, 1, snapshot(11, 11)) == .send)
        let isNewer = window.hasNewer("1")
        #expect(isNewer)
        window.lowMark(of: 2)
        #expect(judge(&window, 2, snapshot(11, 11)) == .send)
        let isStillNewer = window.hasNewer("1")
        #expect(!isStillNewer)
    }

    @Test func aCommitThatTheChunkDidNotSeeHasItReadAgainUntilItDoes() throws {
        var window = try window()
        window.change("1", xid: 10)
        window.lowMark(of: 1)
        #expect(judge(&window, 1, snapshot(10, 12, 10)) == .readAgain(.invisibleTransaction(xid: 10)))
        window.lowMark(of: 2)
        #expect(judge(&window, 2, snapshot(9, 10)) == .readAgain(.invisibleTransaction(xid: 10)))
        window.lowMark(of: 3)
        #expect(judge(&window, 3, snapshot(11, 12)) == .send)
        let isNewer = window.hasNewer("1")
        #expect(!isNewer)
    }

    @Test func aCommitBetweenTheMarksMayBeInvisible() throws {
        var window = try window()
        window.lowMark(of: 1)
        window.change("1", xid: 10)
        #expect(judge(&window, 1, snapshot(10, 12, 10)) == .send)
        let isNewer = window.hasNewer("1")
        #expect(isNewer)
        // By now it stands before the low mark.
        window.lowMark(of: 2)
        #expect(judge(&window, 2, snapshot(10, 12, 10)) == .readAgain(.invisibleTransaction(xid: 10)))
    }

    @Test func aMarkWithoutItsPairHasTheChunkReadAgain() throws {
        var window = try window()
        #expect(judge(&window, 1, snapshot(9, 9)) == .readAgain(.noLowMark))
        window.lowMark(of: 2)
        #expect(judge(&window, 3, snapshot(9, 9)) == .readAgain(.noLowMark))
    }

    @Test func moreCommitsThanAreListedAreJudgedByTheNewest() throws {
        var window = try window()
        let count = UInt32(SnapshotWindow.committedLimit)
        // The ids go round in between.
        let first = UInt32.max - 10
        for offset in 0...count { window.change("1", xid: first &+ offset) }
        window.lowMark(of: 1)
        let epoch: UInt64 = 1 << 32
        let newest = epoch + UInt64(first &+ count / 2 &- 1)
        let end = newest + UInt64(count)
        #expect(judge(&window, 1, snapshot(newest, end, newest)) != .send)
        window.lowMark(of: 2)
        #expect(judge(&window, 2, snapshot(newest + 1, end)) == .send)
        // It is forgotten by then.
        window.lowMark(of: 3)
        #expect(judge(&window, 3, snapshot(newest - 5, end)) == .send)
    }

    @Test func moreChangesThanThereIsRoomForHaveTheChunkReadAgain() throws {
        var window = try window(limit: 1000)
        window.lowMark(of: 1)
        for id in 0..<100 { window.change("\(id)", xid: 10) }
        #expect(judge(&window, 1, snapshot(11, 11)) == .readAgain(.tooManyChanges))
        window.lowMark(of: 2)
        #expect(judge(&window, 2, snapshot(11, 11)) == .send)
        let isNewer = window.hasNewer("1")
        #expect(!isNewer)
    }

    @Test func theIdentityIsWhatTheStreamNamesRowsBy() {
        var relation = Self.relation
        #expect(RowIdentity(relation, primaryKey: [])?.columns == [0])
        relation.replicaIdentity = .full
        #expect(RowIdentity(relation, primaryKey: ["id"])?.columns == [0])
        #expect(RowIdentity(relation, primaryKey: ["gone"]) == nil)
        #expect(RowIdentity(relation, primaryKey: []) == nil)
        relation.replicaIdentity = .nothing
        #expect(RowIdentity(relation, primaryKey: ["id"]) == nil)
        relation.replicaIdentity = .index
        relation.columns[0].isKey = false
        #expect(RowIdentity(relation, primaryKey: ["id"]) == nil)
    }

    /// Transactions change, move and delete rows, and are visible to others only some time after their commit; chunks
    /// are read in between. What the consumer has in the end is what the table has.
    @Test(arguments: 0..<40) func historiesAtRandomFoldToTheTable(seed: Int) throws {
        var history = SnapshotHistory(seed: UInt64(seed), window: try window())
        history.run()
        #expect(history.folded == history.table)
        #expect(history.sent > 0)
    }
}
