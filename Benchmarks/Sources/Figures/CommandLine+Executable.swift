internal import Glibc

extension CommandLine {
    /// Where this program lies.
    public static var executablePath: String {
        guard let resolved = realpath("/proc/self/exe", nil) else { return arguments[0] }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
