internal import LinuxSupport
internal import Synchronization

/// One reading of a table for a request, from the questions to the catalog to the end of its thread. Shared by the batcher
/// and that thread.
final class RequestedRun: Sendable {
    /// What the thread has to say.
    enum News: Sendable {
        /// What the request comes to; nothing is read yet.
        case tables(RequestedTables)
        /// Everything is read, or, with false, the run was stopped.
        case ended(isComplete: Bool)
        case failed(PipelineError)
    }

    /// That of its watermarks: another process and another run have others.
    let number = UInt64.random(in: 1...(.max))
    let exchange = ChunkExchange()
    let wakeup = Wakeup()
    private let news = Mutex<News?>(nil)

    func takeNews() -> News? { news.withLock { $0.take() } }

    func tell(_ news: News) { self.news.withLock { $0 = news } }

    func stop() {
        exchange.stop()
        wakeup.signal()
    }
}
