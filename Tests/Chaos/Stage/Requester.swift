import Glibc
import Synchronization
import TestSupport

/// Asks for snapshots at random moments, on a thread and a connection of its own: whole tables and parts of them, some
/// while another request for the same table is at hand, and some that have to be refused.
final class Requester: Sendable {
    private let stage: ChaosStage
    private let seed: UInt64
    private let counts = Mutex<[RowTable: Int]>([:])
    private let stopping = Atomic<Bool>(false)
    private let done = Atomic<Bool>(false)

    init(on stage: ChaosStage, seed: UInt64) {
        self.stage = stage
        self.seed = seed &* 127
        startThread { [self] in ask() }
    }

    /// Asks for every table as a whole, and then for nothing more. These are what makes the topics whole.
    func stop() { stopping.store(true, ordering: .relaxed) }
    var isDone: Bool { done.load(ordering: .acquiring) }

    /// How often each table was asked for.
    var asked: [RowTable: Int] { counts.withLock { $0 } }

    private func ask() {
        defer { done.store(true, ordering: .releasing) }
        var random = SeededRandom(seed: seed)
        let tables = RowTable.allCases.filter(\.hasPrimaryKey)
        var session: SQLSession?
        while !stopping.load(ordering: .relaxed) {
            switch Int.random(in: 0..<12, using: &random) {
            case 0: request(.loose, nil, &session)
            case 1..<5:
                let table = tables.randomElement(using: &random)!
                request(table, "version > \(Int.random(in: 0..<4, using: &random))", &session)
            default:
                let table = tables.randomElement(using: &random)!
                request(table, nil, &session)
                guard Int.random(in: 0..<4, using: &random) == 0 else { break }
                usleep(UInt32.random(in: 0...300_000, using: &random))
                request(table, Bool.random(using: &random) ? "version > 2" : nil, &session)
            }
            usleep(UInt32.random(in: 0...1_500_000, using: &random))
        }
        for table in tables.shuffled(using: &random) {
            while !request(table, nil, &session) { usleep(50_000) }
        }
    }

    /// - Returns: whether the server said that it is written.
    @discardableResult
    private func request(_ table: RowTable, _ condition: String?, _ session: inout SQLSession?) -> Bool {
        // Before, since what becomes of it is not known when the server goes away.
        counts.withLock { $0[table, default: 0] += 1 }
        let condition = condition.map { #","where":"\#($0)""# } ?? ""
        do {
            let sql = try session ?? stage.session()
            session = sql
            try sql.execute(
                "SELECT pg_logical_emit_message(true, 'pqcdc.snapshot', "
                    + #"'{"table":"public.\#(table.name)"\#(condition)}')"#)
            return true
        } catch {
            session = nil
            return false
        }
    }
}
