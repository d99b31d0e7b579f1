internal import LinuxSupport

/// How long to let the socket fill before the next look at it.
///
/// The walsender sends one packet a message. A reader that wakes for each makes both sides pay; one that naps while
/// the stream is busy, and then takes everything there is, takes hundreds at once. An idle stream is never napped, so
/// its latency is untouched. Measurements stand in `docs/performance.md`.
///
/// Pure: it is told of bytes and times.
struct ReadPace {
    /// More than this is busy: some 30,000 small rows a second.
    static let busyBytesPerMillisecond = 4 * 1024
    /// A receive buffer that fills during a nap closes the TCP window, and the kernel then joins the walsender's small
    /// packets into large ones, which halves its cost. Only within one host, where an opened window is filled before
    /// the next read; over a network the buffer must hold what the round trip takes, and stays the kernel's affair.
    static let sameHostReceiveBuffer = 64 * 1024

    let nap: Duration
    private var windowStart: ContinuousClock.Instant
    private var windowBytes = 0
    private var isBusy = false

    init(_ peer: SocketPeer, now: ContinuousClock.Instant) {
        nap =
            switch peer {
            // The socket holds about 280 small messages, which the walsender needs 700 µs for.
            case .unixSocket: .microseconds(250)
            case .sameHost: .milliseconds(4)
            // Long enough for hundreds of rows, short beside any network's latency budget.
            case .network: .milliseconds(1)
            }
        windowStart = now
    }

    /// Takes note of what has been received, and says whether to nap before the next wait.
    ///
    /// - Parameter received: bytes received so far, all together.
    mutating func nap(received: Int, now: ContinuousClock.Instant) -> Duration? {
        let elapsed = windowStart.duration(to: now)
        if elapsed >= .milliseconds(1) {
            let milliseconds = Int(elapsed / .milliseconds(1))
            isBusy = received - windowBytes >= milliseconds * Self.busyBytesPerMillisecond
            windowStart = now
            windowBytes = received
        }
        return isBusy ? nap : nil
    }
}
