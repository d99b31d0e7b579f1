import ReplicationProtocol
import RowMapping
import Testing

@testable import Pipeline

@Suite struct SnapshotPlanTests {
    private func leaf(_ name: String = "t", oid: UInt32 = 1, file: UInt32 = 1, pages: UInt32, rows: Int? = nil)
        -> SnapshotLeaf
    {
        SnapshotLeaf(
            table: TableName(schema: "public", name: name), oid: OID(rawValue: oid), fileNode: OID(rawValue: file),
            relation: Relation(
                oid: OID(rawValue: oid), schema: "public", name: name, replicaIdentity: .default, columns: []),
            pages: pages, estimatedRows: rows, byteCount: 0)
    }

    @Test func pageRangesHoldWhatASetHolds() {
        var random = SeededRandom(seed: 6)
        for _ in 0..<200 {
            var ranges = PageRanges()
            var model: Set<UInt32> = []
            for _ in 0..<Int.random(in: 0..<30, using: &random) {
                let low = UInt32.random(in: 0..<60, using: &random)
                let range = low..<low + UInt32.random(in: 0..<8, using: &random)
                ranges.insert(range)
                model.formUnion(range)
            }
            let missing = ranges.missing(below: 70)
            #expect(Set(missing.flatMap { Array($0) }) == Set(0..<70).subtracting(model))
            #expect(PageRanges(ranges.text) == ranges)
            #expect(zip(missing, missing.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
        }
    }

    @Test(arguments: ["1", "2-1", "1-", "a-b", "-1-3", "1-2-3", "3-3"])
    func rangesThatAreNoneAreRefused(text: String) { #expect(PageRanges(text) == nil) }

    @Test func chunksCoverEveryMissingPageOnce() {
        let leaves = [leaf(pages: 100, rows: 10_000), leaf("u", oid: 2, pages: 0), leaf("v", oid: 3, pages: 7)]
        var chunks = SnapshotChunks(leaves, missing: [[0..<10, 50..<100], [], [0..<7]], rows: 800)
        var pages: [Int: [UInt32]] = [:]
        while let chunk = chunks.next() {
            #expect(chunk.pages.count <= 8)
            pages[chunk.leaf, default: []] += chunk.pages
        }
        #expect(pages[0] == Array(0..<10) + Array(50..<100))
        #expect(pages[1] == nil)
        #expect(pages[2] == Array(0..<7))
    }

    @Test func aTableOfAllPagesThereAreIsPlannedAtOnce() {
        var chunks = SnapshotChunks([leaf(pages: .max, rows: 1)], missing: [[0..<UInt32.max]], rows: 8000)
        let result1 = chunks.next()
        #expect(result1?.pages == 0..<UInt32.max)
        let result2 = chunks.next()
        #expect(result2 == nil)
    }

    @Test func chunksOfLargeRowsHaveFewer() {
        var table = leaf(pages: 1000, rows: 50_000)
        table.byteCount = 1000 << 20
        #expect(table.pages(holding: 8000) == 160)
        #expect(table.pages(holding: 8000, bytes: 4 << 20) == 4)
        // A page at least, and never more rows than were asked for.
        #expect(table.pages(holding: 8000, bytes: 1) == 1)
        #expect(table.pages(holding: 50, bytes: .max) == 1)
        table.byteCount = 0
        #expect(table.pages(holding: 8000, bytes: 4 << 20) == 160)
        var plan = SnapshotPlan()
        #expect(plan.chunkBytes == 4 << 20)
        // A chunk is to take no longer than a Kafka transaction.
        plan.maxRate = 100_000
        plan.parallelism = 4
        #expect(plan.chunkBytes == 25_000)
    }

    @Test func aTableThatIsGoneCountsAsDoneOnce() {
        var ledger = SnapshotLedger(run: 1)
        let (kept, gone) = (leaf(pages: 10), leaf("u", oid: 2, pages: 10))
        for leaf in [kept, gone] { _ = ledger.begin(leaf, at: LSN(rawValue: 5)) }
        #expect(ledger.finishGone([kept, gone]) == [])
        #expect(ledger.finishGone([kept]) == [gone.table])
        #expect(ledger.finishGone([kept]) == [])
        #expect(ledger.takeChanged().map(\.isFinished) == [false, true])
    }

    @Test func progressIsReadAsItWasWritten() throws {
        var ledger = SnapshotLedger(run: 7)
        let table = leaf("a \"b\"", pages: 10)
        let result3 = ledger.begin(table, at: LSN(rawValue: 5))
        #expect(result3)
        ledger.wasSent(1, of: table.table, pages: 0..<3, rows: 9, bytes: 99)
        ledger.wereDelivered(before: 2)
        let changed = ledger.takeChanged()
        let progress = try #require(changed.first)
        #expect(try LeafProgress(json: progress.json) == progress)
        #expect(progress.rows == 9)
        var next = SnapshotLedger(run: 7, known: [progress])
        let result4 = next.missing([table])
        #expect(result4 == [[3..<10]])
        // A later snapshot, for the rest.
        let result5 = next.begin(table, at: LSN(rawValue: 9))
        #expect(result5)
        #expect(
            next.thresholds[OID(rawValue: 1)]
                == SnapshotThreshold(
                    skipBelow: LSN(rawValue: 5), completeBelow: LSN(rawValue: 9)))
        #expect(next.settled == LSN(rawValue: 9))
    }

    @Test func keyChangesThatMayBeStillToComeKeepTheSnapshotKnown() throws {
        var ledger = SnapshotLedger(run: 1)
        ledger.finish(leaf(pages: 1), at: LSN(rawValue: 5))
        _ = ledger.takeChanged()
        ledger.completeKeyChanges(of: OID(rawValue: 2), below: LSN(rawValue: 8))
        #expect(ledger.takeChanged().isEmpty)
        ledger.completeKeyChanges(of: OID(rawValue: 1), below: LSN(rawValue: 9))
        let changed = ledger.takeChanged()
        let known = try changed.map { try LeafProgress(json: $0.json) }
        for ledger in [ledger, SnapshotLedger(run: 1, known: known)] {
            #expect(ledger.settled == LSN(rawValue: 9) && ledger.lastPoint == LSN(rawValue: 5))
            #expect(
                ledger.thresholds[OID(rawValue: 1)]
                    == SnapshotThreshold(
                        skipBelow: LSN(rawValue: 5), completeBelow: LSN(rawValue: 5),
                        keyChangesBelow: LSN(rawValue: 9)))
        }
    }

    @Test func whileASnapshotIsPutOffEveryChangeIsSentAndComplete() {
        var ledger = SnapshotLedger(run: 1)
        ledger.finish(leaf(pages: 1), at: LSN(rawValue: 5))
        _ = ledger.begin(leaf("u", oid: 2, pages: 9), at: LSN(rawValue: 5))
        let threshold = SnapshotThreshold(completeBelow: LSN(rawValue: .max))
        #expect(
            ledger.thresholdsWhilePutOff == [OID(rawValue: 1): threshold, OID(rawValue: 2): threshold])
        #expect(threshold.hasWindow)
    }

    @Test func whatIsNotDeliveredIsNotDone() {
        var ledger = SnapshotLedger(run: 1)
        let table = leaf(pages: 10)
        _ = ledger.begin(table, at: LSN(rawValue: 5))
        ledger.wasSent(.max, of: table.table, pages: 0..<3, rows: 1, bytes: 1)
        ledger.wasSent(0, of: table.table, pages: 3..<6, rows: 1, bytes: 1)
        ledger.wereDelivered(before: 0)
        let result6 = ledger.missing([table])
        #expect(result6 == [[3..<10]])
        ledger.wereDelivered(before: nil)
        let result7 = ledger.missing([table])
        #expect(result7 == [[6..<10]])
    }

    @Test func otherFilesAndTablesAreReadAnew() {
        var ledger = SnapshotLedger(run: 1)
        let table = leaf(pages: 10)
        _ = ledger.begin(table, at: LSN(rawValue: 5))
        ledger.wasSent(1, of: table.table, pages: 0..<9, rows: 1, bytes: 1)
        ledger.wereDelivered(before: nil)
        let result8 = ledger.missing([leaf(file: 2, pages: 4)])
        #expect(result8 == [[0..<4]])
        // Its changes from the first snapshot on are streamed all the same.
        #expect(ledger.thresholds[OID(rawValue: 1)]?.skipBelow == LSN(rawValue: 5))
        let result9 = ledger.missing([leaf(oid: 2, pages: 4)])
        #expect(result9 == [[0..<4]])
        #expect(ledger.tables.isEmpty)
        // Whose rows are newer than all changes of the one that had its name.
        _ = ledger.begin(leaf(oid: 2, pages: 4), at: LSN(rawValue: 9))
        #expect(ledger.thresholds.keys.map(\.rawValue) == [2])
        #expect(ledger.formerThresholds == [table.table: SnapshotThreshold(skipBelow: LSN(rawValue: 9))])
    }

    @Test func recordsOfAnotherRunCountForNothing() {
        var ledger = SnapshotLedger(run: 1)
        ledger.finish(leaf(pages: 1), at: LSN(rawValue: 5))
        let changed = ledger.takeChanged()
        #expect(SnapshotLedger(run: 2, known: changed).tables.isEmpty)
    }

    @Test func partitionsUnderOneNameAreSkippedUpToTheFirst() {
        let first = SnapshotThreshold(skipBelow: LSN(rawValue: 3), completeBelow: LSN(rawValue: 3))
        let second = SnapshotThreshold(skipBelow: LSN(rawValue: 8), completeBelow: LSN(rawValue: 8))
        let both = first.joined(with: second)
        #expect(both == SnapshotThreshold(skipBelow: LSN(rawValue: 3), completeBelow: LSN(rawValue: 8)))
        #expect(both.hasWindow && !first.hasWindow)
    }

    @Test func theBrakeSpreadsBytesAndMakesNothingUp() {
        let start = ContinuousClock.now
        var brake = SnapshotBrake(1000, now: start)
        let result10 = brake.take(500, now: start)
        #expect(result10 == start + .milliseconds(500))
        let result11 = brake.take(500, now: start)
        #expect(result11 == start + .seconds(1))
        let later = start + .seconds(10)
        let result12 = brake.take(500, now: later)
        #expect(result12 == later + .milliseconds(500))
        var none = SnapshotBrake(nil, now: start)
        let result13 = none.take(1 << 40, now: start)
        #expect(result13 == nil)
    }

    @Test func theSnapshotsStageIsPartOfThePosition() throws {
        for state in SnapshotStage.State.allCases {
            let position = SourcePosition(lsn: LSN(rawValue: 9), snapshot: SnapshotStage(run: .max, state: state))
            #expect(try SourcePosition(json: position.json) == position)
        }
    }

    @Test func keysOfOthersAreNotOurs() {
        let ours = PipelineIdentity(systemIdentifier: "1", database: "d", slot: "s")
        let progress = LeafProgress(run: 1, leaf(pages: 1), at: .zero)
        #expect(LeafProgress.isKey(progress.key(of: ours), of: ours))
        #expect(!LeafProgress.isKey(ours.json, of: ours))
        let others = PipelineIdentity(systemIdentifier: "1", database: "d", slot: "t")
        #expect(!LeafProgress.isKey(progress.key(of: others), of: ours))
        #expect((try? PipelineIdentity(json: progress.key(of: ours))) == nil)
    }
}
