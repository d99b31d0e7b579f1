import Glibc

/// A loopback proxy that can fall silent or break, as networks do.
///
/// Each connection has two threads, one a direction. Stalled, it keeps every connection open, takes on new
/// ones, and moves no byte; cut, it resets them all.
public final class TCPRelay: Sendable {
    /// Where clients connect.
    public let port: UInt16
    private let listener: Int32
    private let state: Monitor<State>

    private struct State {
        var target: UInt16
        var stalled = false
        /// How many more bytes come from the target before it falls silent; nil without that.
        var bytesLeft: Int?
        var closed = false
        /// Clients' sides that get nothing more from the target.
        var muted: Set<Int32> = []
        /// Clients' sides of which the target gets nothing more.
        var deaf: Set<Int32> = []
        /// Open descriptors of both sides; whoever removes one closes it.
        var sockets: Set<Int32> = []
    }

    /// Listens on a free port and forwards to `target` on loopback.
    public init(to target: UInt16) throws {
        state = Monitor(State(target: target))
        port = try FreePort.next()
        listener = try LoopbackSocket.bound(to: port)
        guard listen(listener, 64) == 0 else { throw HarnessError("the relay could not listen on \(port)") }
        startThread { [self] in acceptConnections() }
    }

    /// Falls silent: what arrives is held back until ``resume()``.
    public func stall() {
        state.withLock { $0.stalled = true }
    }

    /// Falls silent by itself when it has got this many more bytes from its target; the last of them are held back.
    public func stall(after bytes: Int) {
        state.withLock { $0.bytesLeft = bytes }
    }

    /// Waits until it has fallen silent.
    public func waitUntilStalled(within limit: Duration = .seconds(60)) throws {
        guard state.wait(until: Deadline(in: limit), for: { $0.stalled ? true : nil }) != nil else {
            throw HarnessError("the relay was not given the bytes after which it stalls within \(limit)")
        }
    }

    /// Moves bytes again, the held ones first.
    public func resume() {
        state.withLock { $0.stalled = false }
    }

    /// Throws away whatever the target answers on the connections that are open now; new ones are as before.
    public func loseAnswers() {
        state.withLock { $0.muted = $0.sockets }
    }

    /// Throws away whatever clients send on the connections that are open now; new ones are as before.
    public func loseQuestions() {
        state.withLock { $0.deaf = $0.sockets }
    }

    /// Has new connections lead to another port.
    public func lead(to target: UInt16) {
        state.withLock { $0.target = target }
    }

    /// Resets every open connection; new ones are taken on.
    public func cut() {
        state.withLock { state in
            for socket in state.sockets {
                LoopbackSocket.resetOnClose(socket)
                shutdown(socket, Int32(SHUT_RDWR))
            }
            // The pumps notice, and close what is theirs; a reset needs the unread bytes gone with it.
            state.stalled = false
        }
    }

    /// Resets every connection and refuses new ones for good.
    public func close() {
        cut()
        state.withLock { $0.closed = true }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    /// Ends both sides of a connection; their pumps close them.
    private func reset(_ sockets: Int32...) {
        state.withLock { state in
            for socket in sockets where state.sockets.contains(socket) {
                LoopbackSocket.resetOnClose(socket)
                shutdown(socket, Int32(SHUT_RDWR))
            }
        }
    }

    private func spend(_ bytes: Int) {
        state.withLock { state in
            guard let left = state.bytesLeft else { return }
            state.bytesLeft = left > bytes ? left - bytes : nil
            if left <= bytes { state.stalled = true }
        }
    }

    private func acceptConnections() {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                break
            }
            guard let server = try? LoopbackSocket.connected(to: state.withLock { $0.target }) else {
                LoopbackSocket.resetOnClose(client)
                _ = Glibc.close(client)
                continue
            }
            let pair = Monitor(2)
            state.withLock { $0.sockets.formUnion([client, server]) }
            startThread { [self] in pump(from: client, to: server, isAnswer: false, alive: pair) }
            startThread { [self] in pump(from: server, to: client, isAnswer: true, alive: pair) }
        }
        _ = Glibc.close(listener)
    }

    /// Copies one direction until it ends; the last of the two closes both sockets.
    private func pump(from source: Int32, to destination: Int32, isAnswer: Bool, alive: Monitor<Int>) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        copying: while true {
            let count = read(source, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if isAnswer, count > 0 { spend(count) }
            _ = state.wait(until: nil) { $0.stalled ? nil : true }
            guard count > 0 else { break }
            if isAnswer, state.withLock({ $0.muted.contains(destination) }) { continue }
            if !isAnswer, state.withLock({ $0.deaf.contains(source) }) { continue }
            var sent = 0
            while sent < count {
                // MSG_NOSIGNAL: a peer that went away is an ordinary end here.
                let result = buffer.withUnsafeBytes {
                    send(destination, $0.baseAddress! + sent, count - sent, Int32(MSG_NOSIGNAL))
                }
                if result < 0 && errno == EINTR { continue }
                guard result > 0 else {
                    // Whoever sent it hears of that at once, as without a relay: the other direction may be stuck with
                    // bytes that nobody reads, and would tell nobody that the connection has ended.
                    reset(source, destination)
                    break copying
                }
                sent += result
            }
        }
        shutdown(destination, Int32(SHUT_WR))
        let last = alive.withLock { count in
            count -= 1
            return count == 0
        }
        guard last else { return }
        state.withLock { state in
            for socket in [source, destination] where state.sockets.remove(socket) != nil {
                state.muted.remove(socket)
                _ = Glibc.close(socket)
            }
        }
    }
}
