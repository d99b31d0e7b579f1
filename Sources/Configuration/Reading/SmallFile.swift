import Glibc

/// Reads a whole file that has no reason to be large.
enum SmallFile {
    struct Failure: Error {
        var reason: String
        /// Whether there simply is no such file.
        var isAbsent: Bool
    }

    /// The file's bytes. A larger file is refused before it is read, an endless one after `limit` bytes.
    static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
        // A C string would end at the NUL and name another file.
        if path.utf8.contains(0) { throw Failure(reason: "the path holds a NUL", isAbsent: false) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
        if status.st_mode & S_IFMT == S_IFDIR { throw Failure(reason: "it is a directory", isAbsent: false) }
        let tooLarge = Failure(reason: "it is larger than \(ByteSizeText.format(limit))", isAbsent: false)
        if status.st_mode & S_IFMT == S_IFREG, status.st_size > limit { throw tooLarge }

        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(errno)
            }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            if bytes.count > limit { throw tooLarge }
        }
    }

    /// Why a file or folder cannot be read; nil where it can.
    static func obstacle(_ path: String) -> String? {
        if path.utf8.contains(0) { return "the path holds a NUL" }
        return access(path, R_OK) == 0 ? nil : failure(errno).reason
    }

    private static func failure(_ code: Int32) -> Failure {
        Failure(reason: String(cString: strerror(code)).lowercasedFirst, isAbsent: code == ENOENT)
    }
}

extension String {
    /// The system's reasons begin with a capital; here they continue a sentence.
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
