import Glibc

/// A value behind a lock that threads can wait on until it satisfies them.
///
/// `@unchecked Sendable`: the value is touched only while the mutex is held.
final class Monitor<Value: Sendable>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var value: Value

    init(_ value: Value) {
        self.value = value
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Reads or changes the value, and wakes whoever waits for it.
    @discardableResult
    func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        pthread_mutex_lock(mutex)
        defer {
            pthread_cond_broadcast(changed)
            pthread_mutex_unlock(mutex)
        }
        return try body(&value)
    }

    /// Waits until `extract` finds something in the value; nil when the deadline passes first.
    ///
    /// Without a deadline it waits for as long as it takes.
    func wait<Result>(until deadline: Deadline?, for extract: (inout Value) -> Result?) -> Result? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = extract(&value) { return result }
            if let deadline {
                if deadline.isPast { return nil }
                var limit = deadline.timespec
                pthread_cond_timedwait(changed, mutex, &limit)
            } else {
                pthread_cond_wait(changed, mutex)
            }
        }
    }
}
