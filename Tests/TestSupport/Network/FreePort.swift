import Glibc

/// Finds a TCP port on loopback that nothing listens on.
public enum FreePort {
    /// A port that could be bound a moment ago.
    ///
    /// Taken from below the kernel's ephemeral range (32768 up): a server under test is stopped and started
    /// again, and in between no outgoing connection may be given its port, not even the client's own, which
    /// on loopback would then connect to itself.
    public static func next() throws -> UInt16 {
        for _ in 0..<200 {
            let port = UInt16.random(in: 15_000..<32_000)
            if let socket = try? LoopbackSocket.bound(to: port) {
                close(socket)
                return port
            }
        }
        throw HarnessError("no free port found between 15000 and 32000")
    }
}
