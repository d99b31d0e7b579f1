import Glibc

/// Finds the executables that SwiftPM built beside the tests.
public enum BuiltProducts {
    /// The path of a product: the test bundle and the executables share a folder, unless PQCDC_TEST_PRODUCTS names
    /// another one, as the benchmarks need, which are a package of their own.
    public static func path(of product: String) throws -> String {
        let folders = [
            Environment.value("PQCDC_TEST_PRODUCTS"), executableFolder(), CommandLine.arguments.first.map(folder(of:)),
        ]
        let candidates = folders.compactMap { $0 }.map { "\($0)/\(product)" }
        guard let path = candidates.first(where: { access($0, X_OK) == 0 }) else {
            throw HarnessError("\(product) is not built; looked for \(candidates.joined(separator: ", "))")
        }
        return path
    }

    /// The daemon under test: PQCDC_TEST_BINARY, so that a release build can be tested, or the one built here.
    public static func daemon() throws -> String {
        try Environment.value("PQCDC_TEST_BINARY") ?? path(of: "pqcdc-kafka")
    }

    private static func executableFolder() -> String? {
        guard let resolved = realpath("/proc/self/exe", nil) else { return nil }
        defer { free(resolved) }
        return folder(of: String(cString: resolved))
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }
}
