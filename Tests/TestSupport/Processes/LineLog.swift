import Glibc

/// The lines that a process writes to one pipe, kept and searchable while it runs.
///
/// A thread of its own reads the pipe until its other end is closed, so that the process never blocks on us.
public final class LineLog: Sendable {
    private let state = Monitor(State())

    private struct State {
        var lines: [String] = []
        var ended = false
    }

    /// Takes over the descriptor.
    init(reading descriptor: Int32) {
        let state = state
        startThread {
            var partial: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { break }
                var complete: [String] = []
                for byte in buffer[..<count] {
                    if byte == UInt8(ascii: "\n") {
                        complete.append(String(decoding: partial, as: UTF8.self))
                        partial.removeAll(keepingCapacity: true)
                    } else {
                        partial.append(byte)
                    }
                }
                state.withLock { $0.lines += complete }
            }
            close(descriptor)
            state.withLock { state in
                if !partial.isEmpty { state.lines.append(String(decoding: partial, as: UTF8.self)) }
                state.ended = true
            }
        }
    }

    /// Everything written so far.
    public var lines: [String] { state.withLock(\.lines) }

    /// Everything written so far, as one text.
    public var text: String { lines.joined(separator: "\n") }

    /// How many lines there are: the place to search on from, with ``line(where:from:within:)``.
    public var count: Int { lines.count }

    /// The first line from `start` on that the predicate takes; nil when time or the output ends before.
    public func line(
        where predicate: (String) -> Bool, from start: Int = 0, within limit: Duration
    ) -> String? {
        var next = start
        let found = state.wait(until: Deadline(in: limit)) { state -> String?? in
            while next < state.lines.count {
                if predicate(state.lines[next]) { return .some(state.lines[next]) }
                next += 1
            }
            return state.ended ? .some(nil) : nil
        }
        return found ?? nil
    }

    /// Waits until the writing end is closed.
    func waitForEnd(within limit: Duration) {
        _ = state.wait(until: Deadline(in: limit)) { $0.ended ? true : nil }
    }
}
