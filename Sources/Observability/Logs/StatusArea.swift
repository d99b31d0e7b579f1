import Glibc

/// A few lines at a terminal's lower end that are written anew in place, below what is logged.
///
/// Log lines go above them, so both stay whole. Without a terminal there is none.
public struct StatusArea: Sendable {
    private let sink: LogSink

    /// - Returns: nil where standard error is no terminal, or one that does not know how to move its cursor.
    init?(sink: LogSink) {
        guard isatty(STDERR_FILENO) == 1, let terminal = getenv("TERM").map({ String(cString: $0) }),
            terminal != "dumb", !terminal.isEmpty
        else { return nil }
        self.sink = sink
    }

    /// The terminal's size now; a usual one where it does not tell.
    public var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Shows `lines` in place of those shown before; none takes the area away.
    ///
    /// - Parameter lines: none longer than the terminal is wide, or it would take two rows.
    public func show(_ lines: [String]) { sink.show(lines) }
}
