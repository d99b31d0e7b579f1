internal import LinuxSupport

/// How long to let the socket fill before the next look at it.
///
/// The walsender sends one packet a message. A reader that wakes for each makes both sides pay; one that naps while
/// the stream is busy, and then takes everything there is, takes hundreds at once. An idle stream is never napped, so
/// its latency is untouched. Measurements stand in `docs/performance.md`.
///
/// How long a nap may be before it holds the walsender up depends on both ends' buffers, which only the kernels know.
/// So the length is found by trial: now and then a shorter one is tried, which wins when it brings clearly more, and a
/// longer one, which wins when it brings as much.
///
/// Pure: it is told of bytes and times.
struct ReadPace {
    /// More than this is busy: some 30,000 small rows a second.
    static let busyBytesPerMillisecond = 4 * 1024
    /// A receive buffer that fills during a nap closes the TCP window, and the kernel then joins the walsender's small
    /// packets into large ones, which halves its cost. Only within one host, where an opened window is filled before
    /// the next read; over a network the buffer must hold what the round trip takes, and stays the kernel's affair.
    static let sameHostReceiveBuffer = 64 * 1024

    /// Long enough to average over the walsender's own pauses.
    static let measurement = Duration.milliseconds(25)
    /// Measurements between trials: about a second.
    static let rest = 40

    private enum Trial {
        /// Measuring with the nap as it is; a trial follows after so many measurements.
        case none(after: Int)
        case shorter(than: Double)
        case longer(than: Double)
    }

    let longest: Duration
    let shortest: Duration
    /// The nap that has proved best so far; a trial uses half or twice of it.
    private(set) var nap: Duration
    private var trial = Trial.none(after: 1)
    private var windowStart: ContinuousClock.Instant
    private var windowBytes = 0
    private var measurementStart: ContinuousClock.Instant
    private var measurementBytes = 0
    private var isBusy = false

    init(_ peer: SocketPeer, now: ContinuousClock.Instant) {
        switch peer {
        case .unixSocket:
            // The socket holds about 280 small messages, which the walsender needs 700 µs for.
            (shortest, nap, longest) = (.microseconds(50), .microseconds(200), .microseconds(800))
        case .sameHost: (shortest, nap, longest) = (.microseconds(125), .milliseconds(1), .milliseconds(4))
        case .network: (shortest, nap, longest) = (.microseconds(125), .microseconds(500), .milliseconds(2))
        }
        windowStart = now
        measurementStart = now
    }

    /// Takes note of what has been received, and says whether to nap before the next wait, and how long.
    ///
    /// - Parameter received: bytes received so far, all together.
    mutating func nap(received: Int, now: ContinuousClock.Instant) -> Duration? {
        let elapsed = windowStart.duration(to: now)
        if elapsed >= .milliseconds(1) {
            let wasBusy = isBusy
            isBusy = received - windowBytes >= Int(elapsed / .milliseconds(1)) * Self.busyBytesPerMillisecond
            windowStart = now
            windowBytes = received
            if !wasBusy || !isBusy { restart(received: received, now: now) }
        }
        guard isBusy else { return nil }
        if measurementStart.duration(to: now) >= Self.measurement { measured(received: received, now: now) }
        switch trial {
        case .none: return nap
        case .shorter: return nap / 2
        case .longer: return nap * 2
        }
    }

    /// A pause says nothing about naps.
    private mutating func restart(received: Int, now: ContinuousClock.Instant) {
        measurementStart = now
        measurementBytes = received
        if case .none = trial { return }
        trial = .none(after: 1)
    }

    /// One measurement is over: judges a trial, or begins one.
    private mutating func measured(received: Int, now: ContinuousClock.Instant) {
        let rate = Double(received - measurementBytes) / (measurementStart.duration(to: now) / .seconds(1))
        measurementStart = now
        measurementBytes = received
        switch trial {
        case .none(let rest) where rest > 1:
            trial = .none(after: rest - 1)
        case .none:
            trial = nap / 2 >= shortest ? .shorter(than: rate) : tryLonger(than: rate)
        case .shorter(let before) where rate > before * 1.2:
            // The walsender was being held up; perhaps it still is.
            nap = nap / 2
            trial = nap / 2 >= shortest ? .shorter(than: rate) : .none(after: Self.rest)
        case .shorter(let before):
            trial = tryLonger(than: max(before, rate))
        case .longer(let before) where rate >= before * 0.97:
            nap = nap * 2
            trial = tryLonger(than: max(before, rate))
        case .longer:
            trial = .none(after: Self.rest)
        }
    }

    private func tryLonger(than rate: Double) -> Trial {
        nap * 2 <= longest ? .longer(than: rate) : .none(after: Self.rest)
    }
}
