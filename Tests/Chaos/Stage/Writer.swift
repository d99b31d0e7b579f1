import Glibc
import Synchronization
import TestSupport

/// Makes transactions of known content on a thread and a connection of its own, until it is stopped.
///
/// Keys of `entries` belong to one writer each, so it knows their counters; accounts are everybody's, and tell their
/// version when they are changed. A server that restarts is part of the run: what became of a COMMIT is looked up.
final class Writer: Sendable {
    private let stage: ChaosStage
    private let journal: Journal
    private let number: Int
    private let seed: UInt64
    private let stopping = Atomic<Bool>(false)
    private let done = Atomic<Bool>(false)

    private static let keys = 6

    init(_ number: Int, on stage: ChaosStage, enteringIn journal: Journal, seed: UInt64) {
        self.stage = stage
        self.journal = journal
        self.number = number
        self.seed = seed &* 31 &+ UInt64(number)
        startThread { [self] in write() }
    }

    /// Asks for the end; ``isDone`` tells when it has come.
    func stop() { stopping.store(true, ordering: .relaxed) }
    var isDone: Bool { done.load(ordering: .acquiring) }

    private func write() {
        defer { done.store(true, ordering: .releasing) }
        var random = SeededRandom(seed: seed)
        var counters = KeyCounters(keys: (0..<Self.keys).map { Int64(number * Self.keys + $0) })
        var rows = stage.rowStates(ofWriter: number)
        var session: SQLSession?
        var last: Int64 = 0
        while !stopping.load(ordering: .relaxed) {
            let next = last + 1
            var script = TransactionScript(
                number: Int64(number + 1) << 32 | next, counters: counters, rows: rows,
                accounts: ChaosStage.accounts)
            do {
                let sql = try session ?? stage.session()
                session = sql
                if try script.run(on: sql, journal, &random) { (counters, rows) = (script.counters, script.rows) }
                // Frees room in pages that have been read, which later versions of rows move to.
                if rows != nil, Int.random(in: 0..<100, using: &random) == 0 { try? sql.execute(vacuum) }
            } catch {
                session = nil
                guard let isCommitted = lookUp(script.number) else { return }
                if isCommitted { (counters, rows) = (script.counters, script.rows) }
            }
            last = next
            usleep(UInt32.random(in: 0...20_000, using: &random))
        }
    }

    private var vacuum: String {
        "VACUUM " + stage.rowTables.map(\.name).joined(separator: ", ")
    }

    /// Whether a transaction whose end is unknown has been committed; nil when stopped before anyone can tell.
    private func lookUp(_ transaction: Int64) -> Bool? {
        while !stopping.load(ordering: .relaxed) {
            if let sql = try? stage.session(),
                let found = try? sql.value("SELECT count(*) FROM marks WHERE tx = \(transaction)")
            {
                return found != "0"
            }
            usleep(20_000)
        }
        return nil
    }
}
