import Glibc
import Synchronization
import TestSupport

/// Writes numbered rows, one transaction each, on a thread and a connection of its own until it is stopped.
final class BackgroundWriter: Sendable {
    private let stopping = Atomic<Bool>(false)
    private let written = Mutex<(count: Int, isDone: Bool)>((0, false))
    private let connection: String
    private let pause: UInt32

    /// - Parameter pause: microseconds between two transactions.
    init(to scene: Scene, pause: UInt32) {
        connection = scene.server.connectionString(database: scene.database)
        self.pause = pause
        startThread { [self] in write() }
    }

    /// How many rows have been committed so far.
    var count: Int { written.withLock { $0.count } }

    /// Ends the writing and returns how many rows there are.
    func stop() throws -> Int {
        stopping.store(true, ordering: .relaxed)
        try eventually(within: .seconds(30), "the writer's end") { written.withLock { $0.isDone } }
        return count
    }

    /// A server that restarts in between is part of the tests: a transaction whose end is unknown is looked up.
    private func write() {
        defer { written.withLock { $0.isDone = true } }
        var session: SQLSession?
        while !stopping.load(ordering: .relaxed) {
            do {
                let current = try session ?? SQLSession(connection)
                session = current
                let next = (Int(try current.value("SELECT count(*) FROM rows") ?? "") ?? 0) + 1
                try current.execute(NumberedRows.insert(after: next - 1, upTo: next))
                written.withLock { $0.count = next }
            } catch {
                session = nil
            }
            usleep(pause)
        }
    }
}
