import Testing

@testable import pqcdc_chaos

/// The checker finds what is wrong with the snapshots of a forged history, and nothing where nothing is.
@Suite struct SnapshotCheckerTests {
    private static let modes: [SnapshotMode] = [.initial, .onDemand]

    @Test(arguments: Delivery.allCases, modes)
    func anHonestHistoryPasses(delivery: Delivery, mode: SnapshotMode) {
        let verdict = HistoryChecker.check(ForgedSnapshot(delivery, mode).history)
        #expect(verdict.violations.isEmpty, "\(verdict.violations)")
        #expect(verdict.skipped == (mode == .initial ? 1 : 0))
        #expect(verdict.rows == 6)
    }

    // MARK: Losses

    @Test(
        "Each row that only a snapshot brings, or that an UPDATE needs for its large value, is missed", arguments: modes
    )
    func aLostRowIsFound(mode: SnapshotMode) {
        for id in [1, 4, 5] as [Int64] {
            var forged = ForgedSnapshot(.exactlyOnce, mode)
            forged.remove { $0.isRow(id) }
            #expect(forged.violated == [.differs], "row \(id)")
        }
    }

    @Test("Each change behind the point is missed", arguments: modes)
    func aLostChangeIsFound(mode: SnapshotMode) {
        let whole = ForgedSnapshot(.exactlyOnce, mode)
        for lost in whole.history.observed where lost.origin == .stream {
            var forged = whole
            forged.remove { $0.origin == .stream && $0.place == lost.place }
            #expect(forged.violated.contains(.lost), "\(lost)")
            // Without its mark nobody knows that a transaction came before the point.
            let losses = mode == .initial && lost.isChange(1, 2) ? 2 : 1
            #expect(HistoryChecker.check(forged.history).losses == losses, "\(lost)")
        }
    }

    @Test("A large value that an UPDATE has lost, or that is not whole, is found")
    func aLostLargeValueIsFound() {
        var forged = ForgedSnapshot(.exactlyOnce, .initial)
        forged.remove { $0.isChange(3, 1) }
        forged.deliver(3, 1, large: Change.leftOut)
        #expect(forged.violated.contains(.altered))
        forged = ForgedSnapshot(.exactlyOnce, .initial)
        forged.remove { $0.isChange(2, 1) }
        forged.deliver(2, 1, large: Change.damaged)
        #expect(forged.violated.contains(.altered))
    }

    @Test("A large value that is read from the table may be newer than the UPDATE, but not in the end")
    func aLargeValueMayBeNewer() {
        var forged = ForgedSnapshot(.atLeastOnce, .initial)
        forged.commit(4, [.row(.docs, 1, version: 3, large: 3)])
        var early = forged
        early.deliver(2, 1, large: 3)
        early.deliver(4)
        #expect(early.violated == [])
        early.deliver(2, 1, large: 3)
        #expect(early.violated == [.differs])
    }

    // MARK: Old rows, and such as never were

    @Test("A row of a table that is deleted by then is found", arguments: modes)
    func aGhostIsFound(mode: SnapshotMode) {
        var forged = ForgedSnapshot(.atLeastOnce, mode)
        let count = forged.history.observed.count
        forged.read(.row(.docs, 2, version: 1, large: 1), of: 0, at: 250)
        forged.moveAppended(since: count) { mode == .initial ? $0.isChange(1, 2) : $0.isChange(3, 1) }
        #expect(forged.violated == (mode == .initial ? [.misread] : [.misread, .late]))
    }

    @Test("A ghost that stays is found, too", arguments: modes)
    func aLastingGhostIsFound(mode: SnapshotMode) {
        var forged = ForgedSnapshot(.exactlyOnce, mode)
        forged.commit(4, [.deletedRow(.docs, 4, version: 2)])
        forged.deliver(4)
        #expect(forged.violated == [])
        forged.read(.row(.docs, 4, version: 1, large: 1), of: 0, at: 251)
        #expect(forged.violated.isSuperset(of: [.late, .differs]))
    }

    @Test(
        "A row that was so, and comes behind a newer change, is found although a later change hides it",
        arguments: modes)
    func aLateRowIsFound(mode: SnapshotMode) {
        var forged = ForgedSnapshot(.atLeastOnce, mode)
        let count = forged.history.observed.count
        forged.read(1..<2, at: 151)
        forged.moveAppended(since: count) { $0.isChange(3, 1) }
        #expect(forged.violated.contains(.late))
        forged.commit(4, [.row(.docs, 1, version: 3, large: 3)])
        forged.deliver(4)
        #expect(forged.violated == [.late])
    }

    @Test("A row of an initial snapshot that comes behind a change is found, even if it is the same")
    func anInitialRowBehindAChangeIsFound() {
        var forged = ForgedSnapshot(.atLeastOnce, .initial)
        forged.read(1..<2, at: 251)
        #expect(forged.violated == [.late])
        forged = ForgedSnapshot(.atLeastOnce, .onDemand)
        forged.read(1..<2, at: 251)
        #expect(forged.violated == [])
    }

    @Test(
        "A row that is newer or older than its moment, rolled back, of another transaction or not whole is found",
        arguments: [
            (Change.row(.docs, 4, version: 2, large: 2), 9), (.row(.docs, 3, version: 2, large: 2), 3),
            (.row(.docs, 5, version: 1, large: 1), 0), (.row(.docs, 4, version: 1, large: 1), 1),
            (.row(.docs, 4, version: 1, large: Change.damaged), 0), (.row(.docs, 77, version: 1, large: 1), 0),
        ] as [(Change, Int64)])
    func aMisreadRowIsFound(row: Change, transaction: Int64) {
        for mode in Self.modes {
            var forged = ForgedSnapshot(.atLeastOnce, mode)
            let count = forged.history.observed.count
            forged.read(row, of: transaction, at: 251)
            forged.moveAppended(since: count) { $0.isRow(3) }
            #expect(forged.violated.contains(.misread), "\(mode)")
        }
    }

    // MARK: Repeats

    @Test(arguments: Delivery.allCases, modes)
    func aRowTwiceInOneReadingIsFound(delivery: Delivery, mode: SnapshotMode) {
        var forged = ForgedSnapshot(delivery, mode)
        let count = forged.history.observed.count
        forged.read(4..<5, at: 250)
        forged.moveAppended(since: count) { $0.isChange(3, 1) }
        #expect(forged.violated.contains(.repeated))
    }

    @Test("A row that has not changed comes again after an interruption only in at-least-once")
    func aRowThatIsReadAgainIsFound() {
        for (delivery, expected) in [(.atLeastOnce, []), (.exactlyOnce, [.repeated])]
            as [(Delivery, Set<Violation.Kind>)]
        {
            var forged = ForgedSnapshot(delivery, .initial)
            let count = forged.history.observed.count
            forged.read(4..<5, at: 251)
            forged.moveAppended(since: count) { $0.isChange(1, 2) }
            #expect(forged.violated == expected, "\(delivery)")
        }
    }

    @Test("A row that was moved to pages that are read later comes in its next version")
    func aMovedRowMayComeAgain() {
        var forged = ForgedSnapshot(.exactlyOnce, .initial)
        let count = forged.history.observed.count
        forged.read(1..<2, at: 250)
        forged.moveAppended(since: count) { $0.isChange(1, 2) }
        #expect(forged.violated == [])
    }

    @Test("More readings than were asked for are found in exactly-once")
    func aRequestThatIsFollowedTwiceIsFound() {
        var forged = ForgedSnapshot(.exactlyOnce, .onDemand)
        forged.read(4..<5, at: 350)
        #expect(forged.violated == [.repeated])
    }

    @Test("A change that the rows have already is a repeat in exactly-once")
    func aChangeBeforeThePointIsFound() {
        for (delivery, expected) in [(.atLeastOnce, []), (.exactlyOnce, [.repeated])]
            as [(Delivery, Set<Violation.Kind>)]
        {
            var forged = ForgedSnapshot(delivery, .initial)
            let count = forged.history.observed.count
            forged.deliver(1, 1)
            forged.moveAppended(since: count) { $0.isChange(1, 2) }
            #expect(forged.violated == expected, "\(delivery)")
        }
    }

    // MARK: Whole transactions

    @Test("What a snapshot's rows have is not missed where nobody writes; what they have not is")
    func aHalfTransactionIsFound() {
        var forged = ForgedSnapshot(.exactlyOnce, .initial)
        func index(_ number: Int64, _ ordinal: Int) -> Int {
            forged.history.observed.firstIndex { $0.isChange(number, ordinal) }!
        }
        forged.history.cuts = [index(2, 1)]
        #expect(forged.violated == [])
        forged.history.cuts = [index(2, 2)]
        #expect(forged.violated == [.half])
    }
}
