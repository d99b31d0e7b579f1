import Glibc
import Synchronization

/// The file that log lines go to.
final class LogSink: Sendable {
    private let descriptor: Int32
    /// The lines below the last one, on a terminal. Held while a line is written: a pipe splits a write of more than 4 KiB,
    /// and another thread's line would get in.
    private let status = Mutex<[String]>([])
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
            status.withLock { status in
                guard !status.isEmpty else { return Self.write(UnsafeRawBufferPointer(bytes), to: descriptor) }
                // One write: between two of them a terminal would show the line without the status.
                var all = Array(Self.erasing(status).utf8)
                all += bytes
                all += Array(Self.text(status).utf8)
                all.withUnsafeBytes { Self.write($0, to: descriptor) }
            }
        }
    }

    /// Keeps `lines` below all that is written from now on; see ``StatusArea``.
    func show(_ lines: [String]) {
        status.withLock { status in
            var text = Self.erasing(status) + Self.text(lines)
            status = lines
            text.withUTF8 { Self.write(UnsafeRawBufferPointer($0), to: descriptor) }
        }
    }

    private static func text(_ status: [String]) -> String { status.map { "\($0)\n" }.joined() }

    /// Moves to the first line of the status and clears from there on.
    /// <https://invisible-island.net/xterm/ctlseqs/ctlseqs.html>
    private static func erasing(_ status: [String]) -> String {
        status.isEmpty ? "" : "\u{1B}[\(status.count)A\u{1B}[J"
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
