import ReplicationProtocol
import Testing

@testable import Pipeline

/// A position is followed only on the history that it is of.
@Suite struct HistoryCheckTests {
    private static let identity = PipelineIdentity(systemIdentifier: "1", database: "shop", slot: "s")

    private static func lsn(_ value: UInt64) -> LSN { LSN(rawValue: value) }

    private static func position(timeline: UInt32? = 1, begin: UInt64? = nil, markedEnd: UInt64? = nil)
        -> SourcePosition
    {
        var position = SourcePosition(lsn: lsn(1000))
        position.timeline = timeline
        position.timelineBegin = begin.map(lsn)
        position.mark = markedEnd.map {
            TransactionMark(xid: 7, commit: lsn($0 - 10), end: lsn($0), time: ServerTime(rawValue: 0), publication: "p")
        }
        return position
    }

    private static func server(_ id: UInt32, _ ends: (UInt32, UInt64)...) -> ServerTimeline {
        ServerTimeline(id: id, history: TimelineHistory(ends: ends.map { .init(timeline: $0.0, end: lsn($0.1)) }))
    }

    private static func decide(
        _ position: SourcePosition, _ server: ServerTimeline?, slot: UInt64 = 500, point: UInt64? = nil,
        _ onGap: GapAction = .stop
    ) -> PositionCheck.Decision {
        PositionCheck.decide(
            position: position, snapshotPoint: point.map(lsn), otherSystems: [], slotConfirmed: lsn(slot),
            current: lsn(9000), timeline: server, onGap: onGap)
    }

    @Test func aHistoryFileIsReadAndDamageIsNoHistory() {
        let text = "1\t0/3E8\tno recovery target specified\n\n# a comment\n2\t0/7D0\tbefore 2000-01-01\n"
        #expect(
            TimelineHistory(text)
                == TimelineHistory(ends: [
                    .init(timeline: 1, end: Self.lsn(1000)), .init(timeline: 2, end: Self.lsn(2000)),
                ]))
        for damaged in ["1", "x\t0/1\t", "1\t0-1\t", "2\t0/1\ta\n1\t0/2\tb", "1\t0/2\ta\n2\t0/1\tb"] {
            #expect(TimelineHistory(damaged) == nil, "\(damaged)")
        }
    }

    @Test func aPromotedServerThatHasThePositionIsFollowed() {
        #expect(Self.decide(Self.position(), Self.server(2, (1, 1000))) == .resume(skipTo: Self.position()))
        #expect(Self.decide(Self.position(), Self.server(3, (1, 1000), (2, 5000))) == .resume(skipTo: Self.position()))
        #expect(Self.decide(Self.position(), Self.server(1)) == .resume(skipTo: Self.position()))
    }

    @Test func aPositionThatOnlyWALWithoutTransactionsHasMovedIsSetBackToTheBranch() {
        var expected = Self.position(markedEnd: 800)
        expected.lsn = Self.lsn(900)
        #expect(Self.decide(Self.position(markedEnd: 800), Self.server(2, (1, 900))) == .resume(skipTo: expected))
    }

    @Test func aBranchBeforeThePositionIsAGapHoweverLongTheServersWALIs() {
        let problem = PositionProblem.parted(from: Self.lsn(900), to: Self.lsn(1000), slot: Self.lsn(500))
        for position in [Self.position(), Self.position(markedEnd: 950)] {
            #expect(Self.decide(position, Self.server(2, (1, 900))) == .stop(problem))
            #expect(
                Self.decide(position, Self.server(2, (1, 900)), .accept)
                    == .accept(problem, skipTo: SourcePosition(lsn: Self.lsn(900))))
        }
        #expect("\(problem)".contains("from 0/384 to 0/3E8 (100 bytes of WAL)"))
    }

    @Test func aSnapshotsPointBeyondTheBranchIsAGap() {
        #expect(
            Self.decide(Self.position(), Self.server(2, (1, 1500)), point: 2000)
                == .stop(.parted(from: Self.lsn(1500), to: Self.lsn(2000), slot: Self.lsn(500))))
    }

    @Test func twoTimelinesOfOneNumberAreToldApartByTheirBegin() {
        #expect(
            Self.decide(Self.position(timeline: 2, begin: 700), Self.server(2, (1, 600)))
                == .stop(.parted(from: Self.lsn(600), to: Self.lsn(1000), slot: Self.lsn(500))))
        #expect(
            Self.decide(Self.position(timeline: 2, begin: 700), Self.server(3, (1, 600)))
                == .stop(.parted(from: Self.lsn(600), to: Self.lsn(1000), slot: Self.lsn(500))))
    }

    @Test func anOldPrimaryIsNeverFollowed() {
        for action in [GapAction.stop, .accept] {
            #expect(
                Self.decide(Self.position(timeline: 2, begin: 700), Self.server(1), action)
                    == .stop(.olderTimeline(position: 2, server: 1)))
        }
    }

    @Test func aPositionOfBeforeAndAServerWithoutItsHistoryAreComparedByLSN() throws {
        let recorded = try SourcePosition(json: Array(#"{"lsn":"0/3E8"}"#.utf8))
        #expect(Self.decide(recorded, Self.server(2, (1, 900))) == .resume(skipTo: recorded))
        #expect(
            Self.decide(Self.position(), ServerTimeline(id: 2, history: nil)) == .resume(skipTo: Self.position()))
    }

    @Test func theHistoryOfAPositionReadsBack() throws {
        var position = Self.position(timeline: 2, begin: 700, markedEnd: 800)
        position.mark?.publication = "a \"b\""
        #expect(try SourcePosition(json: position.json) == position)
    }

    @Test func aStandbysTimelineIsNotKeptSinceItCanBePromotedMeanwhile() throws {
        var timeline = ServerTimeline(id: 3, history: nil)
        #expect(SlotStart(identity: Self.identity, confirmedFlush: .zero, timeline: timeline).settledTimeline != nil)
        timeline.mayChange = true
        #expect(SlotStart(identity: Self.identity, confirmedFlush: .zero, timeline: timeline).settledTimeline == nil)
        // The mark is kept without it.
        let position = Self.position(timeline: nil, markedEnd: 800)
        #expect(try SourcePosition(json: position.json) == position)
        #expect(Self.decide(position, Self.server(2, (1, 900))) == .resume(skipTo: position))
    }

    @Test func aMarkIsComparedWithWhatStandsInTheWAL() {
        let mark = TransactionMark(xid: 7, commit: Self.lsn(1), end: Self.lsn(2), time: ServerTime(rawValue: 5))
        func judged(_ xid: UInt32?, _ times: Int64..., of mark: TransactionMark = mark) -> Bool? {
            mark.isCommitted(.commit(CommitRecord(xid: xid, times: times.map { ServerTime(rawValue: $0) })))
        }
        #expect(judged(7, 5) == true && judged(7, 4, 5) == true && judged(nil, 5) == true)
        #expect(judged(8, 5) == false && judged(7, 4) == false && judged(nil, 4) == false)
        #expect(mark.isCommitted(.noCommit) == false)
        #expect(mark.isCommitted(nil) == nil && mark.isCommitted(.unreadable) == nil)
        let cut = TransactionMark(xid: 7, commit: Self.lsn(1), end: Self.lsn(1), time: nil)
        #expect(judged(7, 4, of: cut) == true && judged(nil, 4, of: cut) == nil && judged(8, 4, of: cut) == false)
    }

    // MARK: The marked transaction

    /// Whether the frames are of the history of a position at 1000 whose last transaction had xid 7 and ended at `end`.
    private static func isKnown(
        _ frames: [[UInt8]], end: UInt64 = 1000, slot: UInt64 = 500, publication: String = "p"
    ) -> Bool {
        var assembler = BatchAssembler(limits: BatchLimits(records: 100, bytes: 1 << 20, ticker: .zero))
        let position = position(markedEnd: end)
        assembler.skip = position
        assembler.historyCheck = HistoryCheck(
            position, start: SlotStart(identity: identity, confirmedFlush: lsn(slot), publication: publication))
        var frame = 0
        do throws(PipelineError) {
            _ = try assembler.assemble(WALChunk(frames), from: &frame, stoppingAtBoundary: false)
            return true
        } catch {
            guard case .position(.otherHistory, slot: "s") = error else {
                Issue.record("\(error)")
                return false
            }
            return false
        }
    }

    private static let before = [Frame.begin(xid: 6, final: 600), Frame.commit(end: 610)]
    private static let marked = [Frame.begin(xid: 7, final: 990), Frame.commit(end: 1000)]
    private static let after = [Frame.begin(xid: 8, final: 1100), Frame.commit(end: 1110)]

    @Test func theMarkedTransactionComesByAsMarked() {
        #expect(Self.isKnown(Self.before + Self.marked + Self.after))
        #expect(Self.isKnown(Self.before + [Frame.keepalive(end: 990)] + Self.marked + [Frame.keepalive(end: 5000)]))
    }

    @Test func aTransactionBeyondTheMarkThatComesFirstIsOfAnotherHistory() {
        #expect(!Self.isKnown(Self.before + Self.after))
        #expect(!Self.isKnown([Frame.begin(xid: 9, final: 990), Frame.commit(end: 1000)]), "another xid")
        #expect(!Self.isKnown([Frame.begin(xid: 7, final: 995), Frame.commit(end: 1000)]), "another place")
        #expect(!Self.isKnown(Self.before + [Frame.keepalive(end: 1001)]))
    }

    @Test func nothingIsClaimedWhereTheServerNeedNotSendTheMarkedTransaction() {
        // The slot was moved beyond it.
        #expect(Self.isKnown(Self.after, slot: 991))
        // Another publication may leave it out.
        #expect(Self.isKnown(Self.after, publication: "q"))
    }

    @Test func nothingIsConfirmedBeforeTheHistoryIsKnown() throws {
        var assembler = BatchAssembler(limits: BatchLimits(records: 100, bytes: 1 << 20, ticker: .zero))
        assembler.historyCheck = HistoryCheck(
            Self.position(markedEnd: 1000),
            start: SlotStart(identity: Self.identity, confirmedFlush: Self.lsn(500), publication: "p"))
        var frame = 0
        _ = try assembler.assemble(
            WALChunk(Self.before + [Frame.keepalive(end: 700)]), from: &frame, stoppingAtBoundary: false)
        #expect(assembler.confirmable == nil)
        frame = 0
        _ = try assembler.assemble(WALChunk(Self.marked), from: &frame, stoppingAtBoundary: false)
        #expect(assembler.confirmable == Self.lsn(1000))
    }

    @Test func aPositionMarksTheLastTransactionThatItCovers() {
        var marks = MarkLedger()
        func mark(_ xid: UInt32) -> TransactionMark {
            TransactionMark(
                xid: xid, commit: Self.lsn(UInt64(xid) * 100), end: Self.lsn(UInt64(xid) * 100 + 10), time: nil)
        }
        marks.note(mark(1), at: Self.lsn(110))
        marks.note(mark(2), at: Self.lsn(210))
        #expect(marks.take(upTo: Self.lsn(109)) == nil)
        #expect(marks.take(upTo: Self.lsn(110)) == mark(1))
        #expect(marks.take(upTo: Self.lsn(150)) == mark(1))
        #expect(marks.take(upTo: Self.lsn(500)) == mark(2))
    }
}
