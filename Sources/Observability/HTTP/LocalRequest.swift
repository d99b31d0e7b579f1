import Glibc

/// One GET to an endpoint of this machine: what `pqcdc-kafka status` asks the daemon with.
public enum LocalRequest {
    /// The answer's status and body; nil where nobody listens, or whoever does speaks no HTTP.
    ///
    /// Blocks for `timeout` in seconds at most, for each part of the answer. In HTTP/1.0 the answer ends with the
    /// connection, and comes in one piece.
    public static func get(_ path: String, port: UInt16, timeout: Int = 5) -> (status: Int, body: String)? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var patience = timeval(tv_sec: timeout, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        guard connect(descriptor, toPort: port) else { return nil }
        let request = Array("GET \(path) HTTP/1.0\r\nHost: localhost\r\n\r\n".utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else { return nil }
        return parse(readToEnd(descriptor))
    }

    private static func connect(_ descriptor: Int32, toPort port: UInt16) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// No more than an answer of ours can have.
    private static func readToEnd(_ descriptor: Int32) -> [UInt8] {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while answer.count < 64 << 20 {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            answer += buffer[..<count]
        }
        return answer
    }

    static func parse(_ answer: [UInt8]) -> (status: Int, body: String)? {
        let text = String(decoding: answer, as: UTF8.self)
        guard text.hasPrefix("HTTP/1."), let head = text.firstRange(ofBytes: "\r\n\r\n") else { return nil }
        let words = text.prefix { $0 != "\r\n" }.split(separator: " ")
        guard words.count > 1, let status = Int(words[1]) else { return nil }
        return (status, String(text[head.upperBound...]))
    }
}

extension String {
    /// Where `bytes` stand first; by bytes, since "\r\n" is one Character.
    fileprivate func firstRange(ofBytes bytes: String) -> Range<String.Index>? {
        let wanted = Array(bytes.utf8)
        var start = utf8.startIndex
        while start != utf8.endIndex {
            if utf8[start...].starts(with: wanted) { return start..<utf8.index(start, offsetBy: wanted.count) }
            utf8.formIndex(after: &start)
        }
        return nil
    }
}
