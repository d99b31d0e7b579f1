/// How long to wait before the next attempt: doubling, up to a limit, and from the beginning after a success.
public struct Backoff: Sendable {
    private let first: Duration
    private let limit: Duration
    private var next: Duration
    public private(set) var attempt = 0

    public init(first: Duration = .milliseconds(250), limit: Duration = .seconds(15)) {
        self.first = first
        self.limit = limit
        next = first
    }

    /// Counts an attempt that failed.
    public mutating func failed() -> Duration {
        attempt += 1
        defer { next = min(next * 2, limit) }
        return next
    }

    public mutating func succeeded() {
        attempt = 0
        next = first
    }

    /// Counts an attempt that was good for a while. One that ends sooner than waiting is worth is no success, or what fails
    /// again at the same place would be tried for ever without a pause.
    public mutating func succeeded(for duration: Duration) {
        if duration >= next * 4 { succeeded() }
    }
}
