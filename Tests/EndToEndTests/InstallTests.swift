import Glibc
import TestSupport
import Testing

/// `make install` and `make uninstall` in a scratch root, and what they put there.
@Suite struct InstallTests {
    /// The repository, where the Makefile is.
    private static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    private static let units = ["pqcdc-kafka.service", "pqcdc-kafka@.service"]

    @discardableResult
    private func run(
        _ executable: String, _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> FinishedProcess {
        let finished = try ChildProcess.run(
            executable, arguments, folder: Self.root, within: .seconds(120))
        #expect(
            finished.status == .exited(0), "\(executable) \(arguments): \(finished.output)\n\(finished.errors)",
            sourceLocation: sourceLocation)
        return finished
    }

    /// Installs the daemon under test below a scratch folder, for the length of `body`.
    ///
    /// - Parameter isStaged: whether the folder is DESTDIR, or the prefix itself.
    private func withInstallation(isStaged: Bool, _ body: (String, [String]) throws -> Void) throws {
        let folder = try Workspace.shared.makeFolder("install")
        defer { Workspace.shared.removeFolder(folder) }
        let variables =
            isStaged ? ["DESTDIR=\(folder)", "PREFIX=/usr"] : ["PREFIX=\(folder)/usr", "SYSCONFDIR=\(folder)/etc"]
        let common = ["--silent", "--no-print-directory", "BINARY=\(try BuiltProducts.daemon())"] + variables
        try run("make", common + ["install"])
        try body(folder, common)
    }

    private func files(below folder: String) throws -> [String] {
        try run("find", [folder, "-type", "f", "-printf", "%P\\n"]).output.split(separator: "\n").map(String.init)
            .sorted()
    }

    private func isThere(_ program: String) throws -> Bool {
        try ChildProcess.run("sh", ["-c", "command -v \(program)"]).status == .exited(0)
    }

    /// - Returns: false, after saying what is left out, where the machine lacks the program.
    private func hasProgram(_ program: String, for what: String) throws -> Bool {
        if try isThere(program) { return true }
        LeftOut.say("\(what): \(program) is not installed")
        return false
    }

    // MARK: Files

    @Test func itPutsEachFileInItsPlaceAndTakesItAwayAgain() throws {
        try withInstallation(isStaged: true) { folder, variables in
            let files = try files(below: folder)
            let fixed = files.filter {
                !$0.hasPrefix("usr/share/pqcdc-kafka/") && !$0.hasPrefix("usr/share/doc/pqcdc-kafka/")
            }
            #expect(
                fixed == [
                    "etc/pqcdc-kafka/pqcdc-kafka.yaml", "usr/bin/pqcdc-kafka",
                    "usr/lib/systemd/system/pqcdc-kafka.service", "usr/lib/systemd/system/pqcdc-kafka@.service",
                    "usr/share/bash-completion/completions/pqcdc-kafka",
                    "usr/share/fish/vendor_completions.d/pqcdc-kafka.fish", "usr/share/man/man1/pqcdc-kafka.1",
                    "usr/share/zsh/site-functions/_pqcdc-kafka",
                ])
            #expect(files.contains("usr/share/pqcdc-kafka/examples/tutorial.yaml"))
            for page in ["LICENSE", "README.md", "docs/runbook.md", "docs/operations.md"] {
                #expect(files.contains("usr/share/doc/pqcdc-kafka/\(page)"), "\(page)")
            }
            for unit in Self.units {
                let text = try TextFile.read("\(folder)/usr/lib/systemd/system/\(unit)")
                #expect(text.contains("\nExecStart=/usr/bin/pqcdc-kafka run --config /etc/pqcdc-kafka/"))
                #expect(!text.contains("/usr/local"))
            }
            #expect(try run("\(folder)/usr/bin/pqcdc-kafka", ["--version"]).output.hasPrefix("pqcdc-kafka "))

            // What the operator has written stays, at an upgrade and at the end.
            try TextFile.write("mine\n", to: "\(folder)/etc/pqcdc-kafka/pqcdc-kafka.yaml")
            try run("make", variables + ["install"])
            #expect(try TextFile.read("\(folder)/etc/pqcdc-kafka/pqcdc-kafka.yaml") == "mine\n")
            try run("make", variables + ["uninstall"])
            #expect(try self.files(below: folder) == ["etc/pqcdc-kafka/pqcdc-kafka.yaml"])
        }
    }

    @Test func withoutABuildItSaysSo() throws {
        let finished = try ChildProcess.run(
            "make", ["--silent", "BINARY=/nowhere", "DESTDIR=/nowhere", "install"], folder: Self.root)
        #expect(finished.status == .exited(2))
        #expect(finished.errors.contains("run \"make build\" first"))
    }

    // MARK: Units

    @Test func systemdTakesTheUnits() throws {
        // It looks for what ExecReload names, too.
        guard try hasProgram("systemd-analyze", for: "units"), try hasProgram("/bin/kill", for: "units") else { return }
        try withInstallation(isStaged: false) { folder, _ in
            let units = "\(folder)/usr/lib/systemd/system"
            for unit in ["pqcdc-kafka.service", "pqcdc-kafka@orders.service"] {
                let path = "\(units)/\(unit)"
                // A template is named by an instance of it.
                if unit.contains("@orders") { symlink("\(units)/pqcdc-kafka@.service", path) }
                let verified = try run("systemd-analyze", ["verify", "--man=no", path])
                #expect(!verified.errors.contains("pqcdc"), "\(verified.errors)")
                // In tenths.
                try run("systemd-analyze", ["security", "--no-pager", "--offline=true", "--threshold=15", path])
            }
        }
    }

    @Test(arguments: units)
    func aUnitDoesWhatTheDocumentationSays(unit: String) throws {
        let lines = try TextFile.read("\(Self.root)/systemd/\(unit)").split(separator: "\n").map(String.init)
        for line in [
            "Type=notify", "TimeoutStartSec=infinity", "Restart=on-failure", "RestartPreventExitStatus=64 78",
            "WatchdogSec=60", "ExecReload=/bin/kill -HUP $MAINPID", "DynamicUser=yes",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
        let differences = ["pqcdc-kafka.service": "pqcdc-kafka", "pqcdc-kafka@.service": "%i"]
        let name = try #require(differences[unit])
        #expect(lines.contains { $0.hasPrefix("ExecStart=") && $0.hasSuffix("--config /etc/pqcdc-kafka/\(name).yaml") })
    }

    @Test func bothUnitsAreTheSameButForTheName() throws {
        let single = try TextFile.read("\(Self.root)/systemd/pqcdc-kafka.service")
        let template = try TextFile.read("\(Self.root)/systemd/pqcdc-kafka@.service")
        #expect(
            template.replacing(" (%i)", with: "").replacing(
                "/etc/pqcdc-kafka/%i.", with: "/etc/pqcdc-kafka/pqcdc-kafka.")
                == single)
    }

    // MARK: Completions and manual

    @Test(
        "A shell takes its completion",
        arguments: [
            ("bash", "usr/share/bash-completion/completions/pqcdc-kafka"),
            ("zsh", "usr/share/zsh/site-functions/_pqcdc-kafka"),
            ("fish", "usr/share/fish/vendor_completions.d/pqcdc-kafka.fish"),
        ])
    func completion(shell: String, path: String) throws {
        try withInstallation(isStaged: true) { folder, _ in
            let text = try TextFile.read("\(folder)/\(path)")
            for word in ["validate", "setup", "online", "advance-slot"] { #expect(text.contains(word)) }
            guard try hasProgram(shell, for: "completion for \(shell)") else { return }
            try run(shell, ["-n", "\(folder)/\(path)"])
        }
    }

    private static let manual = "\(root)/docs/man/pqcdc-kafka.1"

    @Test func theManualIsWellFormed() throws {
        guard try hasProgram("groff", for: "manual page") else { return }
        #expect(try run("groff", ["-man", "-Tutf8", "-ww", "-z", Self.manual]).errors == "")
    }

    @Test func theManualKnowsEveryCommandOptionAndStatus() throws {
        let text = try TextFile.read(Self.manual).replacing("\\-", with: "-")
        // Each option stands in the synopsis of its command, too.
        let synopsis = text.prefix(upTo: try #require(text.firstRange(of: ".SH DESCRIPTION")).lowerBound)
        for match in text.matches(of: /\n\.BI? (--[a-z-]+)/) where match.1 != "--version" {
            #expect(synopsis.contains(match.1), "\(match.1) is missing in the synopsis")
        }
        let help = try run(try BuiltProducts.daemon(), ["--experimental-dump-help"]).output
        let names = help.matches(of: /"kind" : "long",\s+"name" : "([^"]+)"/).map { "--\($0.1)" }
        #expect(names.contains("--advance-slot"))
        for name in names { #expect(text.contains(name), "\(name)") }
        let commands = help.matches(of: /"commandName" : "([^"]+)"/).map { String($0.1) }.filter { $0 != "help" }
        #expect(commands.contains("validate"))
        for command in commands { #expect(text.contains(command), "\(command)") }
        let overview = try run(try BuiltProducts.daemon(), ["--help"]).output
        for status in overview.matches(of: /(?m)^  ([0-9]+)\t/) { #expect(text.contains(".B \(status.1)\n")) }
    }
}
