internal import Glibc

/// Lets one thread wait for another's end: a semaphore. <https://man7.org/linux/man-pages/man7/sem_overview.7.html>
public final class ThreadEnd: @unchecked Sendable {
    // Sendable because a POSIX semaphore synchronizes threads: sem_post and sem_wait may be called by any of them.
    // https://man7.org/linux/man-pages/man7/sem_overview.7.html
    private let semaphore: UnsafeMutablePointer<sem_t>

    public init() {
        semaphore = .allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    /// Says that the work is done; nothing of it may be touched afterwards.
    public func signal() { sem_post(semaphore) }

    /// Waits for one ``signal()``.
    public func wait() { while sem_wait(semaphore) != 0 {} }
}
