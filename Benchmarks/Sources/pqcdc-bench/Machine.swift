import Glibc
import TestSupport

/// Where and with what was measured; a figure without this says nothing.
enum Machine {
    static func description(_ rig: Rig) throws -> String {
        let session = try rig.server.session()
        let daemon = try ChildProcess.run(rig.binary, ["--version"]).output.split(separator: "\n").joined(
            separator: ", ")
        return """
            \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores of \(cpuModel), Linux \(kernel); \
            PostgreSQL \(try session.value("SHOW server_version") ?? "?"); \(daemon); Kafka: \(rig.kafkaDescription)
            """
    }

    private static var kernel: String {
        var name = utsname()
        uname(&name)
        return withUnsafeBytes(of: &name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    private static var cpuModel: String {
        let line = (try? TextFile.read("/proc/cpuinfo"))?.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":").last.map { String($0.drop(while: \.isWhitespace)) } ?? "an unnamed CPU"
    }
}
