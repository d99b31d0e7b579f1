import Glibc
import Synchronization

/// The file that log lines go to.
final class LogSink: Sendable {
    private let descriptor: Int32
    /// Held while a line is written: a pipe splits a write of more than 4 KiB, and another thread's line would get in.
    private let turn = Mutex(())
    private let repetition = Mutex(LogRepetition())

    /// Does not own the descriptor.
    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Whether the line is to be written now, and what of others was held back until now.
    func admits(_ line: LogLine) -> (isDue: Bool, sums: [LogRepetition.Sum]) {
        let now = ContinuousClock.now
        return repetition.withLock { repetition in
            let sums = repetition.due(now: now)
            return (repetition.passes(line.level, line.message, now: now), sums)
        }
    }

    /// Writes the line with one write(2), unless the kernel takes only a part of it.
    func write(_ line: String) {
        var line = line
        line.withUTF8 { bytes in
            turn.withLock { _ in Self.write(UnsafeRawBufferPointer(bytes), to: descriptor) }
        }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let written = Glibc.write(descriptor, part.baseAddress, part.count)
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno == EAGAIN {
                // Somebody made our stderr non-blocking; it is shared with whoever started us.
                var writable = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&writable, 1, -1)
            } else if errno != EINTR {
                // stderr is gone or its disk full: there is no place left to say so, and streaming goes on.
                return
            }
        }
    }
}
