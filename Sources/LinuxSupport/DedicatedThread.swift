internal import CLinux
internal import Glibc

/// Runs blocking work on a thread of its own, so that it never holds one of the concurrency runtime's few threads.
public enum DedicatedThread {
    /// Runs `body` on a new thread named `name` (15 bytes at most) and returns what it returns.
    ///
    /// Cancellation does not reach the thread: give it a ``Wakeup`` to watch.
    public static func run<Result: Sendable, Failure: Error>(
        name: String, _ body: @escaping @Sendable () throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let outcome: Swift.Result<Result, Failure> = await withCheckedContinuation { continuation in
            start(name: name) {
                do throws(Failure) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try outcome.get()
    }

    /// Starts a detached thread. Whoever calls this keeps the means to end `body` and to know that it has ended.
    public static func start(name: String, _ body: @escaping @Sendable () -> Void) {
        let work = Unmanaged.passRetained(Work(name: name, body: body))
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        // Signals belong to the thread that waits for them; a new thread inherits the mask of its maker.
        var all = sigset_t()
        var previous = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &previous)
        ResourceShortage.patiently("a thread") {
            let result = pthread_create(
                &thread, &attributes,
                { argument in
                    let work = Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue()
                    _ = clinux_set_thread_name(work.name)
                    work.body()
                    return nil
                }, work.toOpaque())
            return result == 0 ? () : nil
        }
        pthread_sigmask(SIG_SETMASK, &previous, nil)
        pthread_attr_destroy(&attributes)
    }

    private final class Work: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
