import ArgumentParser
import Figures
import Glibc
import TestSupport

struct Size: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Size of the daemon's executable, stripped.")

    @Option(help: "The daemon to measure; without, PQCDC_TEST_BINARY or the one beside this program.")
    var binary: String?

    func run() throws {
        let path = try binary ?? BuiltProducts.daemon()
        let stripped = "\(Workspace.shared.path)/stripped"
        let result = try ChildProcess.run("strip", ["-o", stripped, path])
        guard result.status.isSuccess else { throw Failure("strip: \(result.errors)") }
        var information = stat()
        guard stat(stripped, &information) == 0 else { throw Failure("could not look at \(stripped)") }
        print("| stripped, MB | target |\n|---:|---:|")
        print("| \((Double(information.st_size) / 1e6).fixed(1)) | 20 |")
    }
}
