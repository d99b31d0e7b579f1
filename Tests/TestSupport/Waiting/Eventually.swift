import Glibc

/// Waits until the condition holds, asking every 20 ms: for states that announce themselves to nobody, such as
/// a row in a system catalog.
///
/// An error that the condition throws counts as "not yet"; the last one is part of the message.
public func eventually(
    within limit: Duration, _ what: String = "the condition", _ condition: () throws -> Bool
) throws {
    let deadline = Deadline(in: limit)
    var lastError: (any Error)?
    while true {
        do {
            if try condition() { return }
            lastError = nil
        } catch {
            lastError = error
        }
        guard !deadline.isPast else {
            let reason = lastError.map { "; last error: \($0)" } ?? ""
            throw HarnessError("\(what) did not come true within \(limit)\(reason)")
        }
        usleep(20_000)
    }
}
