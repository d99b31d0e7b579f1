import TestSupport
import Testing

/// Ends the daemon with SIGTERM, and expects that it stops by itself and calls it a success.
func expectCleanStop(
    _ daemon: DaemonProcess, within limit: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation
) {
    do {
        let status = try daemon.stop(within: limit)
        #expect(status == .exited(0), "\(daemon.log.text)", sourceLocation: sourceLocation)
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
    }
}
