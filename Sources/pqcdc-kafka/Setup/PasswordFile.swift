import Configuration
import Glibc

/// `--password-file`: the first line of a small file.
enum PasswordFile {
    struct Unreadable: Error {
        let reason: String
    }

    static func read(_ path: String) throws(Unreadable) -> Secret {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { close(descriptor) }
        // No password is longer; a wrong path is not read to its end.
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw unreadable(path) }
        let line = bytes[..<count].prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard !line.isEmpty else { throw Unreadable(reason: "could not read the password file \(path): it is empty") }
        return Secret(String(decoding: line, as: UTF8.self))
    }

    private static func unreadable(_ path: String) -> Unreadable {
        Unreadable(reason: "could not read the password file \(path): \(String(cString: strerror(errno)))")
    }
}
