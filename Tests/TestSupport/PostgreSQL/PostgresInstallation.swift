import Glibc

/// The server programs to test against, and the user that may run them.
struct PostgresInstallation {
    /// PQCDC_TEST_PG_BIN, or the newest that Debian's packages installed.
    let binaries: String
    /// Whom the server runs as when we are root, whom PostgreSQL refuses; nil when we are not.
    private let user: (name: String, uid: uid_t, gid: gid_t)?

    private static let debian = "/usr/lib/postgresql"

    init() throws {
        if let chosen = Environment.value("PQCDC_TEST_PG_BIN") {
            binaries = chosen
        } else if let newest = Self.versions().max() {
            binaries = "\(Self.debian)/\(newest)/bin"
        } else {
            throw HarnessError("no PostgreSQL server under \(Self.debian); set PQCDC_TEST_PG_BIN to its bin folder")
        }
        guard access("\(binaries)/initdb", X_OK) == 0 else {
            throw HarnessError("there is no initdb in \(binaries)")
        }
        user = geteuid() == 0 ? try Self.unprivilegedUser() : nil
    }

    /// The command that runs one of the programs, as the right user.
    ///
    /// `setpriv` replaces itself by the program, so the process id is the server's own.
    func command(_ program: String, _ arguments: [String]) -> (executable: String, arguments: [String]) {
        let path = "\(binaries)/\(program)"
        guard let user else { return (path, arguments) }
        let identity = ["--reuid=\(user.uid)", "--regid=\(user.gid)", "--clear-groups", "--"]
        return ("setpriv", identity + [path] + arguments)
    }

    /// Hands a folder over to the user that the server runs as.
    func own(_ folder: String) throws {
        guard let user else { return }
        guard chown(folder, user.uid, user.gid) == 0 else {
            throw HarnessError("could not give \(folder) to \(user.name): \(String(cString: strerror(errno)))")
        }
    }

    private static func versions() -> [Int] {
        guard let folder = opendir(debian) else { return [] }
        defer { closedir(folder) }
        var found: [Int] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let version = Int(name), access("\(debian)/\(version)/bin/initdb", X_OK) == 0 {
                found.append(version)
            }
        }
        return found
    }

    private static func unprivilegedUser() throws -> (String, uid_t, gid_t) {
        // Debian's packages make the first; the second is on every system.
        for name in ["postgres", "nobody"] {
            if let entry = getpwnam(name) { return (name, entry.pointee.pw_uid, entry.pointee.pw_gid) }
        }
        throw HarnessError("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
    }
}
