import Glibc
import Synchronization
import TestSupport

/// Changes rows of `docs (id, n, big)` in every way that a snapshot can stumble over, until it is stopped.
final class DocsWriter: Sendable {
    private let stopping = Atomic<Bool>(false)
    private let end = Mutex<(isDone: Bool, failure: String?)>((false, nil))
    private let connection: String
    private let rows: Int
    private let seed: UInt64

    init(to scene: Scene, rows: Int, seed: UInt64) {
        connection = scene.server.connectionString(database: scene.database)
        self.rows = rows
        self.seed = seed
        startThread { [self] in
            var failure: String?
            do { try write() } catch { failure = "\(error)" }
            end.withLock { $0 = (true, failure) }
        }
    }

    func stop() throws {
        stopping.store(true, ordering: .relaxed)
        try eventually(within: .seconds(60), "the writer's end") { end.withLock { $0.isDone } }
        if let failure = end.withLock({ $0.failure }) { throw HarnessError(failure) }
    }

    private func write() throws {
        let sql = try SQLSession(connection)
        var random = SeededRandom(seed: seed)
        var last = rows
        while !stopping.load(ordering: .relaxed) {
            let id = Int.random(in: 1...last, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            // Moves to another page when its own is full, and leaves out what is TOASTed.
            case 0..<5: try sql.execute("UPDATE docs SET n = n + 100000 WHERE id BETWEEN \(id) AND \(id + 20)")
            case 5: try sql.execute("UPDATE docs SET big = repeat(md5(n::text), 90) WHERE id = \(id)")
            case 6: try sql.execute("UPDATE docs SET big = NULL WHERE id = \(id)")
            case 7: try sql.execute("DELETE FROM docs WHERE id BETWEEN \(id) AND \(id + 3)")
            // Frees room in pages, which later rows move to.
            case 8: try sql.execute("VACUUM docs")
            default:
                last += 1
                try sql.execute("INSERT INTO docs VALUES (\(last), 0, repeat('x', 3000))")
            }
            usleep(2000)
        }
    }
}
