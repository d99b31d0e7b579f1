import Glibc

/// The environment of the test run.
enum Environment {
    /// The value of a variable; an empty one counts as absent.
    static func value(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    /// What this process was started with, without the variables that would steer libpq behind a test's back.
    static func inherited() -> [String: String] {
        var result: [String: String] = [:]
        let entries = (try? TextFile.bytes(of: "/proc/self/environ")) ?? []
        for entry in entries.split(separator: 0) {
            let parts = String(decoding: entry, as: UTF8.self).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].hasPrefix("PG") else { continue }
            result[String(parts[0])] = String(parts[1])
        }
        return result
    }
}
