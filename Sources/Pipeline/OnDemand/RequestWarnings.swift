/// Bounds what requests that are not followed write to the log: others decide how many there are, and what they say.
struct RequestWarnings {
    private var begun: ContinuousClock.Instant?
    private var passed = 0
    private var held = 0

    /// As many as somebody reads.
    static let burst = 5
    static let interval = Duration.seconds(60)

    /// - Returns: how many were held back since the last one that passed; nil for one that is held back itself.
    mutating func take(now: ContinuousClock.Instant) -> Int? {
        if begun.map({ now - $0 >= Self.interval }) ?? true {
            begun = now
            passed = 0
        }
        guard passed < Self.burst else {
            held += 1
            return nil
        }
        passed += 1
        defer { held = 0 }
        return held
    }
}
