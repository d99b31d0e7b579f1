internal import Glibc

/// What the system refuses while it has too little: a thread, a file descriptor. Others give some back soon, so the call is
/// made again for a while; then the process ends in order, for systemd to start another one.
enum ResourceShortage {
    /// As long as a burst of connections or processes lasts; the loops of the daemon stand still meanwhile.
    private static let patience = Duration.seconds(10)

    /// - Parameters:
    ///   - what: `a thread`, for the last line.
    ///   - attempt: nil as long as it is refused.
    static func patiently<Result>(
        _ what: StaticString, within limit: Duration = patience, _ attempt: () -> Result?
    ) -> Result {
        let deadline = ContinuousClock.now + limit
        while true {
            if let result = attempt() { return result }
            if ContinuousClock.now >= deadline { end(what) }
            usleep(50_000)
        }
    }

    /// Ends the process with 69 (EX_UNAVAILABLE). Not through the log, which may need what there is none of.
    private static func end(_ what: StaticString) -> Never {
        let line =
            "level=error msg=\"the system refuses \(what)\" advice=\"raise TasksMax and LimitNOFILE of the unit, or see "
            + "what else runs\" exit=69\n"
        _ = line.utf8.withContiguousStorageIfAvailable { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        _exit(69)
    }
}
