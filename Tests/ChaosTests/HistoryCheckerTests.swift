import Testing

@testable import pqcdc_chaos

/// The checker finds what is wrong with a forged history, and nothing where nothing is.
@Suite struct HistoryCheckerTests {
    @Test(arguments: Delivery.allCases)
    func anHonestHistoryPasses(delivery: Delivery) {
        let verdict = HistoryChecker.check(ForgedHistory(delivery).history)
        #expect(verdict.violations.isEmpty, "\(verdict.violations)")
        #expect(verdict.changes == 53)
    }

    @Test("Each single change that is lost is found", arguments: Delivery.allCases)
    func aLostChangeIsFound(delivery: Delivery) {
        let whole = ForgedHistory(delivery)
        for lost in whole.history.observed {
            var forged = whole
            forged.remove { $0.place == lost.place }
            let verdict = HistoryChecker.check(forged.history)
            #expect(verdict.losses == 1, "\(lost)")
            #expect(forged.violated.isSuperset(of: [.lost, .half]), "\(lost)")
        }
    }

    @Test(arguments: Delivery.allCases)
    func aLostTransactionIsFound(delivery: Delivery) {
        var forged = ForgedHistory(delivery)
        forged.remove { $0.commitLSN == 500 }
        #expect(forged.violated.contains(.lost))
        #expect(HistoryChecker.check(forged.history).losses == 5)
    }

    @Test func aDuplicateIsFoundInExactlyOnce() {
        var forged = ForgedHistory(.exactlyOnce)
        forged.deliver(4, 1)
        #expect(forged.violated == [.repeated])
    }

    @Test func aRepeatedSuffixIsNoViolationOfAtLeastOnce() {
        var forged = ForgedHistory(.atLeastOnce)
        for number in 8...10 as ClosedRange<Int64> { forged.deliver(number) }
        #expect(forged.violated == [])
        #expect(HistoryChecker.check(forged.history).repeats == 16)
    }

    @Test("Half a transaction that is seen with no daemon alive is found, though its rest comes later")
    func aHalfTransactionIsFound() {
        var forged = ForgedHistory(.exactlyOnce)
        forged.history.cuts = [forged.index(5, 3), forged.history.observed.count]
        #expect(forged.violated == [.half])
        forged.history.cuts = [forged.index(5, 1), forged.index(6, 1)]
        #expect(forged.violated == [])
    }

    @Test(arguments: Delivery.allCases)
    func aSwapWithinAKeyIsFound(delivery: Delivery) {
        var forged = ForgedHistory(delivery)
        forged.history.observed.swapOffsets(forged.index(4, 1), forged.index(4, 2))
        #expect(forged.violated.contains(.disorder))
    }

    @Test func aSwapWithinAPartitionIsFoundInExactlyOnce() {
        var forged = ForgedHistory(.exactlyOnce)
        forged.history.observed.swapOffsets(forged.index(4, 6 - 1), forged.index(5, 5))
        #expect(forged.violated == [.disorder])
    }

    @Test(arguments: Delivery.allCases)
    func aTransactionThatWasRolledBackIsFound(delivery: Delivery) {
        var forged = ForgedHistory(delivery)
        forged.deliver(11)
        #expect(forged.violated == [.extra])
    }

    @Test(arguments: Delivery.allCases)
    func anAlteredChangeIsFound(delivery: Delivery) {
        var forged = ForgedHistory(delivery)
        let index = forged.index(4, 2)
        let old = forged.history.observed[index]
        forged.history.observed[index] = Observation(
            partition: old.partition, offset: old.offset, commitLSN: old.commitLSN, xid: old.xid, ordinal: old.ordinal,
            transaction: old.transaction, change: .entry(7, 99))
        #expect(forged.violated.isSuperset(of: [.altered, .lost]))
    }

    @Test(arguments: Delivery.allCases)
    func aTransferOfWhichAHalfIsLateIsFound(delivery: Delivery) {
        var forged = ForgedHistory(delivery)
        let late = forged.history.observed.remove(at: forged.index(4, 4))
        forged.history.observed.insert(late, at: forged.index(5, 4))
        #expect(forged.violated.contains(.imbalance))
    }

    @Test(arguments: Delivery.allCases)
    func tablesThatTheRecordsDoNotMakeAreFound(delivery: Delivery) {
        var forged = ForgedHistory(delivery)
        forged.history.after.entries[.init(key: 7, counter: 4)] = nil
        #expect(forged.violated == [.differs])
        forged = ForgedHistory(delivery)
        forged.history.after.accounts[1]?.balance += 1
        #expect(forged.violated == [.differs])
    }

    @Test func recordsThatTheReaderMissedAreNotCalledLostOnly() {
        var forged = ForgedHistory(.atLeastOnce)
        forged.history.observed.remove(at: forged.index(4, 1))
        #expect(forged.violated.isSuperset(of: [.unread, .lost]))
    }
}

extension [Observation] {
    /// Exchanges two records of a partition, each at the other's offset.
    fileprivate mutating func swapOffsets(_ a: Int, _ b: Int) {
        let (first, second) = (self[a], self[b])
        self[a] = second.moved(to: first)
        self[b] = first.moved(to: second)
    }
}

extension Observation {
    fileprivate func moved(to place: Observation) -> Observation {
        Observation(
            partition: place.partition, offset: place.offset, commitLSN: commitLSN, xid: xid, ordinal: ordinal,
            transaction: transaction, change: change)
    }
}
