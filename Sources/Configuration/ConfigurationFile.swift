internal import RowMapping

/// The way from a YAML file to checked ``Settings``, or to the list of all that is wrong with it.
///
/// Whatever the file holds, it ends in diagnostics and never in a trap.
public enum ConfigurationFile {
    /// A file of ours has a few hundred lines; a larger one is something else, and is not read.
    public static let sizeLimit = 1 << 20

    /// Reads the file at `path`. `environment` serves `${NAME}` and `$CREDENTIALS_DIRECTORY`.
    ///
    /// - Parameters:
    ///   - machine: the machine that the file is for, if this is it.
    ///   - tolerance: which values may stay unread.
    public static func load(
        path: String, environment: [String: String], machine: MachineChecks? = nil,
        tolerating tolerance: UnreadableValue.Tolerance = .none
    ) -> LoadResult {
        let bytes: [UInt8]
        do throws(SmallFile.Failure) {
            bytes = try SmallFile.read(path, limit: sizeLimit)
        } catch {
            return LoadResult(
                settings: nil,
                diagnostics: [
                    Diagnostic(
                        severity: .error, file: path, line: 1, column: 1,
                        message: "the configuration cannot be read: \(error.reason)", note: nil, excerpt: nil)
                ])
        }
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        var result = parse(
            bytes, fileName: path, directory: directory.isEmpty ? "/" : directory, environment: environment,
            machine: machine, tolerating: tolerance)
        result.fileHash = SHA256Digest.hexadecimal(of: bytes)
        return result
    }

    /// Reads a file's bytes. `fileName` is only for messages; `directory` is what relative paths are meant from.
    public static func parse(
        _ bytes: [UInt8], fileName: String, directory: String = ".", environment: [String: String] = [:],
        machine: MachineChecks? = nil, tolerating tolerance: UnreadableValue.Tolerance = .none
    ) -> LoadResult {
        // A byte order mark is no part of the text; libyaml's columns do not count it.
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        let source = SourceText(bytes)
        let collector = DiagnosticCollector(fileName: fileName, source: source, tolerance: tolerance)
        guard let root = tree(bytes, source: source, collector: collector) else {
            return LoadResult(settings: nil, diagnostics: collector.diagnostics())
        }
        var checker = KeyChecker(references: EnvironmentReferences(environment: environment), collector: collector)
        let reader = SettingsReader(
            file: checker.check(root), collector: collector, directory: directory,
            credentialsDirectory: environment["CREDENTIALS_DIRECTORY"].flatMap { $0.isEmpty ? nil : $0 },
            machine: machine)
        let settings = reader.settings()
        return LoadResult(
            settings: collector.hasErrors ? nil : settings, diagnostics: collector.diagnostics(),
            unreadable: collector.unreadable)
    }

    /// The file as a tree of nodes; nil when what is wrong leaves nothing to check further.
    static func tree(_ bytes: [UInt8], source: SourceText, collector: DiagnosticCollector) -> YAMLNode? {
        guard reportUnreadable(bytes, source: source, collector: collector) else {
            collector.structureIsUnknown()
            return nil
        }
        do throws(YAMLSyntaxError) {
            guard let parser = YAMLEventParser(bytes) else { preconditionFailure("out of memory") }
            var builder = YAMLTreeBuilder(parser: parser, collector: collector)
            if let root = try builder.document(), !root.isNull { return root }
            collector.error("the file is empty", at: .start, showsSource: false)
        } catch {
            collector.structureIsUnknown()
            let isTab = source.line(error.position.line).dropFirst(error.position.column - 1).first == "\t"
            collector.error(
                isTab ? "a tab cannot indent YAML" : error.message, at: error.position,
                note: isTab ? "use spaces" : nil)
        }
        return nil
    }

    /// Reports bytes that cannot be YAML, in words of ours; true when there are none.
    private static func reportUnreadable(
        _ bytes: [UInt8], source: SourceText, collector: DiagnosticCollector
    ) -> Bool {
        if bytes.count > sizeLimit {
            collector.error("the file is larger than 1mb", at: .start, showsSource: false)
            return false
        }
        if let position = source.firstInvalidByte {
            collector.error("the text is not valid UTF-8", at: position, note: "save the file as UTF-8")
        }
        if let (scalar, position) = source.firstForbidden {
            let name =
                scalar == "\0" ? "a NUL" : "the control character U+\(String(scalar.value, radix: 16, uppercase: true))"
            collector.error("\(name) cannot stand in YAML", at: position)
        }
        return source.firstInvalidByte == nil && source.firstForbidden == nil
    }
}
