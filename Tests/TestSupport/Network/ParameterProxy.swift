import Glibc

/// A loopback proxy in front of PostgreSQL that tells clients of a setting which the server has not changed, or sends other
/// things that it should not, or falls silent: a pooler that hands out another session, or a server that means harm.
///
/// Understands the server's messages, so a connection through it must not be encrypted.
/// <https://www.postgresql.org/docs/current/protocol-message-formats.html>
public final class ParameterProxy: Sendable {
    /// Before which message of a connection the report comes.
    public enum Moment: Hashable, Sendable {
        /// The n-th ReadyForQuery, counted from the one that ends the log-in.
        case answer(Int)
        /// The n-th CopyData message.
        case copyData(Int)
        /// The n-th message of any other type.
        case message(Character, Int)
    }

    /// Where clients connect.
    public let port: UInt16
    private let target: UInt16
    private let listener: Int32
    private let report: [UInt8]
    private let moment: Moment
    /// Whether nothing of the server's comes through behind it.
    private let fallsSilent: Bool
    private let remaining: Monitor<Int>
    private let reports = Monitor(0)

    /// - Parameter connections: how many connections get the report; those after them are left alone.
    public convenience init(
        to target: UInt16, reporting name: String, as value: String, before moment: Moment, connections: Int = .max
    ) throws {
        let body = Array(name.utf8) + [0] + Array(value.utf8) + [0]
        try self.init(
            to: target,
            sending: [UInt8(ascii: "S")] + withUnsafeBytes(of: UInt32(body.count + 4).bigEndian) { Array($0) } + body,
            before: moment, connections: connections)
    }

    /// A server that sends what it should not.
    ///
    /// - Parameters:
    ///   - bytes: one message, several, or a part of one.
    ///   - fallsSilent: whether it never says anything again then, and keeps the connection open.
    public init(
        to target: UInt16, sending bytes: [UInt8], before moment: Moment, fallsSilent: Bool = false,
        connections: Int = .max
    ) throws {
        self.target = target
        self.moment = moment
        self.fallsSilent = fallsSilent
        remaining = Monitor(connections)
        report = bytes
        port = try FreePort.next()
        listener = try LoopbackSocket.bound(to: port)
        guard listen(listener, 64) == 0 else { throw HarnessError("the proxy could not listen on \(port)") }
        startThread { [self] in acceptConnections() }
    }

    /// How many reports have been made.
    public var reportCount: Int { reports.withLock { $0 } }

    /// Refuses new connections.
    public func close() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func acceptConnections() {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                break
            }
            guard let server = try? LoopbackSocket.connected(to: target) else {
                _ = Glibc.close(client)
                continue
            }
            let pair = Monitor(2)
            startThread { [self] in copy(from: client, to: server, alive: pair) { $0 } }
            let filter = Monitor(Filter())
            startThread { [self] in
                copy(from: server, to: client, alive: pair) { bytes in
                    filter.withLock { filter in
                        filter.take(bytes) { type, count in
                            guard self.isDue(before: type, count) else { return ([], false) }
                            return (self.report, self.fallsSilent)
                        }
                    }
                }
            }
        }
        _ = Glibc.close(listener)
    }

    private func isDue(before type: UInt8, _ count: Int) -> Bool {
        let isMoment =
            switch moment {
            case .answer(let number): type == UInt8(ascii: "Z") && count == number
            case .copyData(let number): type == UInt8(ascii: "d") && count == number
            case .message(let character, let number): type == character.asciiValue && count == number
            }
        guard isMoment else { return false }
        let isLeft = remaining.withLock { left in
            guard left > 0 else { return false }
            left -= 1
            return true
        }
        if isLeft { reports.withLock { $0 += 1 } }
        return isLeft
    }

    private func copy(
        from source: Int32, to destination: Int32, alive: Monitor<Int>, _ change: ([UInt8]) -> [UInt8]
    ) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        copying: while true {
            let count = read(source, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            let bytes = change(Array(buffer[..<count]))
            var sent = 0
            while sent < bytes.count {
                let result = bytes.withUnsafeBytes {
                    send(destination, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
                }
                if result < 0 && errno == EINTR { continue }
                guard result > 0 else { break copying }
                sent += result
            }
        }
        shutdown(source, Int32(SHUT_RDWR))
        shutdown(destination, Int32(SHUT_RDWR))
        let isLast = alive.withLock { count in
            count -= 1
            return count == 0
        }
        guard isLast else { return }
        _ = Glibc.close(source)
        _ = Glibc.close(destination)
    }

    /// Finds the beginnings of messages in what the server sends.
    private struct Filter {
        private var rest: [UInt8] = []
        /// Bytes that are left of the message at hand.
        private var left = 0
        private var counts: [UInt8: Int] = [:]
        private var isSilent = false

        mutating func take(_ bytes: [UInt8], report: (UInt8, Int) -> ([UInt8], silent: Bool)) -> [UInt8] {
            if isSilent { return [] }
            rest += bytes
            var output: [UInt8] = []
            var next = 0
            while next < rest.count {
                if left > 0 {
                    let count = min(left, rest.count - next)
                    output += rest[next..<next + count]
                    next += count
                    left -= count
                    continue
                }
                guard rest.count - next >= 5 else { break }
                counts[rest[next], default: 0] += 1
                let inserted = report(rest[next], counts[rest[next]] ?? 0)
                output += inserted.0
                if inserted.silent {
                    isSilent = true
                    return output
                }
                let length = rest[(next + 1)..<(next + 5)].reduce(0) { $0 << 8 | Int($1) }
                left = length + 1
            }
            rest.removeFirst(next)
            return output
        }
    }
}
