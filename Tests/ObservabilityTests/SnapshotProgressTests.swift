import Testing

@testable import Observability

@Suite struct SnapshotProgressTests {
    private let start = ContinuousClock.now

    private func progress() -> SnapshotProgress {
        SnapshotProgress(
            [
                .init(name: "public.orders", pages: 1000, estimatedRows: 100_000),
                .init(name: "public.a_table_with_a_long_name", pages: 3000, estimatedRows: 300_000),
            ], at: start)
    }

    @Test func sharesGoByPagesAndSpeedsByRows() {
        var progress = progress()
        #expect(progress.share == 0 && progress.timeLeft == nil && progress.rowsPerSecond == 0)
        progress.update(0, donePages: 500, rows: 60_000, bytes: 6_000_000)
        progress.tick(at: start + .seconds(5))
        #expect(progress.share == 0.125)
        #expect(progress.rowsPerSecond == 12_000)
        #expect(progress.bytesPerSecond == 1_200_000)
        #expect(progress.timeLeft == .seconds(35))
        #expect(progress.expectedRows == 400_000)
    }

    @Test func speedsAreThoseOfTheLastSeconds() {
        var progress = progress()
        for second in 1...60 {
            progress.update(0, donePages: second, rows: second <= 30 ? second * 1000 : 30_000, bytes: 0)
            progress.tick(at: start + .seconds(second))
        }
        #expect(progress.rowsPerSecond == 0)
    }

    @Test func whatAnEarlierProcessHasDoneCountsForTheShareAndNotForTheSpeed() {
        var progress = SnapshotProgress(
            [.init(name: "t", pages: 100, estimatedRows: 1000, donePages: 50, rows: 500, bytes: 50)], at: start)
        #expect(progress.share == 0.5)
        progress.update(0, donePages: 75, rows: 750, bytes: 75)
        progress.tick(at: start + .seconds(10))
        #expect(progress.rowsPerSecond == 25)
        #expect(progress.timeLeft == .seconds(10))
    }

    @Test func aTableThatIsDoneHasItsExactRows() {
        var progress = progress()
        progress.update(0, donePages: 1000, rows: 123_456, bytes: 1, isDone: true)
        progress.update(1, donePages: 3500, rows: 400_000, bytes: 1)
        #expect(progress.expectedRows == 523_456)
        #expect(progress.share < 1)
        progress.update(1, donePages: 3500, rows: 400_000, bytes: 1, isDone: true)
        #expect(progress.share == 1)
        progress.tick(at: start + .seconds(2))
        #expect(!progress.fields.contains { $0.name == "time_left" || $0.name == "estimated_rows" })
    }

    @Test func emptyTablesAndUnknownEstimatesAreNoTrap() {
        var progress = SnapshotProgress([.init(name: "e", pages: 0, estimatedRows: nil)], at: start)
        #expect(progress.share == 0 && progress.expectedRows == nil)
        progress.update(0, donePages: 0, rows: 0, bytes: 0, isDone: true)
        #expect(progress.share == 1)
        #expect(SnapshotProgress([], at: start).bars(columns: 80, rows: 24).count == 1)
        for columns in 0...200 { _ = progress.bars(columns: columns, rows: columns) }
    }

    @Test func theLogSaysItInFields() {
        var progress = progress()
        progress.update(0, donePages: 1000, rows: 110_000, bytes: 11_000_000, isDone: true)
        progress.tick(at: start + .seconds(10))
        progress.retainedWAL = 1 << 30
        let fields = Dictionary(uniqueKeysWithValues: progress.fields.map { ($0.name, $0.value) })
        #expect(
            fields == [
                "tables_done": "1", "tables": "2", "done": "25%", "rows": "110000", "estimated_rows": "410000",
                "rows_per_second": "11000", "bytes": "11000000", "bytes_per_second": "1100000", "time_left": "0:30",
                "wal_retained_bytes": "1073741824",
            ])
    }

    @Test func aTerminalGetsABarForEachTableThatIsReadAndOneForAll() {
        var progress = progress()
        progress.update(0, donePages: 500, rows: 60_000, bytes: 6 << 20)
        progress.update(1, donePages: 1500, rows: 140_000, bytes: 14 << 20)
        progress.tick(at: start + .seconds(10))
        #expect(
            progress.bars(columns: 120, rows: 24) == [
                "public.orders                    [########--------]  50%  60,000 of ~100,000 rows  6.0 MiB",
                "public.a_table_with_a_long_name  [########--------]  50%  140,000 of ~300,000 rows  14.0 MiB",
                "all (0 of 2 tables)              [########--------]  50%  200,000 of ~400,000 rows  20,000 rows/s  2.0 MiB/s  ETA 0:10",
            ])
        #expect(progress.bars(columns: 120, rows: 3).count == 1)
        for columns in 0...160 {
            #expect(progress.bars(columns: columns, rows: 24).allSatisfy { $0.count <= max(columns - 1, 0) })
        }
    }

    @Test func namesCannotSteerTheTerminal() {
        var progress = SnapshotProgress([.init(name: "a\u{1B}[2Jb\n", pages: 1, estimatedRows: 1)], at: start)
        progress.update(0, donePages: 0, rows: 0, bytes: 0)
        #expect(progress.bars(columns: 100, rows: 24)[0].hasPrefix("a?[2Jb?"))
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-1234, "-1,234")])
    func numbersAreGrouped(_ number: Int, _ text: String) { #expect(SnapshotProgress.number(number) == text) }

    @Test(
        arguments: [
            (0.0, "0 B"), (999, "999 B"), (1000, "1.0 KiB"), (1536, "1.5 KiB"), (31.44 * 1_048_576, "31.4 MiB"),
            (1e30, "1000000000.0 TiB"), (-5, "0 B"),
        ] as [(Double, String)])
    func sizesHaveAUnit(_ bytes: Double, _ text: String) { #expect(SnapshotProgress.size(bytes) == text) }

    @Test(arguments: [(9, "0:09"), (723, "12:03"), (18_243, "5:04:03"), (183_840, "2d 03:04"), (-3, "0:00")])
    func timesAreThoseOfAClock(_ seconds: Int, _ text: String) {
        #expect(SnapshotProgress.clock(.seconds(seconds)) == text)
    }
}
