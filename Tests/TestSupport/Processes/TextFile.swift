public import Glibc

/// Whole files, read and written at once.
public enum TextFile {
    /// Writes the text, over whatever the file held before.
    public static func write(_ text: String, to path: String, mode: mode_t = 0o644) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure("write", path) }
        defer { close(descriptor) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw failure("write", path) }
            rest = rest.dropFirst(count)
        }
    }

    /// The file's text.
    public static func read(_ path: String) throws -> String {
        String(decoding: try bytes(of: path), as: UTF8.self)
    }

    /// The file's bytes.
    static func bytes(of path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("read", path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw failure("read", path) }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }

    private static func failure(_ verb: String, _ path: String) -> HarnessError {
        HarnessError("could not \(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
