/// How far a snapshot is: what has been delivered of each table, how fast it goes, and how long it may yet take.
///
/// Pure: it is told the numbers and the time. The shares are those of pages, which are known exactly from the start;
/// numbers of rows are the planner's estimates until a table is done.
public struct SnapshotProgress: Sendable {
    public struct Table: Hashable, Sendable {
        /// `schema.table`, as messages name it.
        public var name: String
        public var pages: Int
        public var donePages: Int
        public var rows: Int
        public var bytes: Int
        /// nil where the planner knows none.
        public var estimatedRows: Int?
        /// Whether it is being read.
        public var isActive = false
        public var isDone = false

        /// - Parameters:
        ///   - donePages, rows, bytes: what an earlier process had done already.
        public init(
            name: String, pages: Int, estimatedRows: Int?, donePages: Int = 0, rows: Int = 0, bytes: Int = 0
        ) {
            self.name = name
            self.pages = pages
            self.donePages = donePages
            self.rows = rows
            self.bytes = bytes
            self.estimatedRows = estimatedRows
        }

        /// From 0 to 1.
        var share: Double {
            if isDone { return 1 }
            // A table may have grown behind the pages that are read.
            return pages > 0 ? min(Double(donePages) / Double(pages), 1) : 0
        }

        /// How many rows it will have been.
        var expectedRows: Int? { isDone ? rows : estimatedRows.map { max($0, rows) } }
    }

    private struct Sample {
        var time: ContinuousClock.Instant
        var rows: Int
        var bytes: Int
        var pages: Int
    }

    public private(set) var tables: [Table]
    /// Bytes of WAL that the slot keeps meanwhile; nil where there is none, or it is not known.
    public var retainedWAL: UInt64?
    private let start: Sample
    /// Those of the last ``span``, the oldest first.
    private var samples: [Sample]

    /// Speeds are those of so long a time: shorter ones jump with each batch, longer ones hide that it has become slow.
    private static let span = Duration.seconds(15)

    public init(_ tables: [Table], at now: ContinuousClock.Instant) {
        self.tables = tables
        start = Sample(
            time: now, rows: tables.reduce(0) { $0 + $1.rows }, bytes: tables.reduce(0) { $0 + $1.bytes },
            pages: tables.reduce(0) { $0 + $1.donePages })
        samples = [start]
    }

    /// Notes what has been delivered of a table so far, all in all.
    public mutating func update(
        _ table: Int, donePages: Int, rows: Int, bytes: Int, isActive: Bool = true, isDone: Bool = false
    ) {
        tables[table].donePages = donePages
        tables[table].rows = rows
        tables[table].bytes = bytes
        tables[table].isActive = isActive && !isDone
        tables[table].isDone = isDone
    }

    /// Takes the time, before the figures are asked for; about once a second.
    public mutating func tick(at now: ContinuousClock.Instant) {
        samples.append(Sample(time: now, rows: rows, bytes: bytes, pages: donePages))
        while samples.count > 2, samples[1].time.duration(to: now) >= Self.span { samples.removeFirst() }
    }

    public var rows: Int { tables.reduce(0) { $0 + $1.rows } }
    public var bytes: Int { tables.reduce(0) { $0 + $1.bytes } }
    public var doneTables: Int { tables.count { $0.isDone } }
    var donePages: Int { tables.reduce(0) { $0 + $1.donePages } }
    var pages: Int { tables.reduce(0) { $0 + max($1.pages, $1.donePages) } }

    /// nil as long as a table has no estimate.
    public var expectedRows: Int? {
        var sum = 0
        for table in tables {
            guard let rows = table.expectedRows else { return nil }
            sum += rows
        }
        return sum
    }

    /// From 0 to 1, by pages, of which a table without any counts as done.
    public var share: Double {
        if doneTables == tables.count { return 1 }
        return pages > 0 ? min(Double(donePages) / Double(pages), 0.999) : 0
    }

    /// Rows a second, lately.
    public var rowsPerSecond: Double { rate { $0.rows } }

    /// Bytes a second, lately.
    public var bytesPerSecond: Double { rate { $0.bytes } }

    /// How long it may yet take, by the speed since the start; nil as long as that says nothing.
    public var timeLeft: Duration? {
        guard let last = samples.last else { return nil }
        let done = last.pages - start.pages
        let elapsed = start.time.duration(to: last.time) / .seconds(1)
        guard done > 0, elapsed >= 1 else { return nil }
        let left = Double(max(pages - last.pages, 0)) * elapsed / Double(done)
        // A year is as good as for ever, and a Duration has its limits.
        return .seconds(min(left, 366 * 86_400))
    }

    private func rate(_ count: (Sample) -> Int) -> Double {
        guard let first = samples.first, let last = samples.last else { return 0 }
        let elapsed = first.time.duration(to: last.time) / .seconds(1)
        return elapsed > 0 ? Double(count(last) - count(first)) / elapsed : 0
    }
}
