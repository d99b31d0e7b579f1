/// Gathers everything that is wrong with one file, so that the operator hears it all at once.
///
/// Owned by one load. Excerpts are cut at the end, when it is known which parts of the text are secret.
final class DiagnosticCollector {
    private struct Finding {
        var severity: Diagnostic.Severity
        var position: SourcePosition
        var message: String
        var note: String?
        var showsSource: Bool
        /// The key whose value this process cannot get at, where that is what was found.
        var unreadableKey: String?
    }

    /// A file of the wrong kind has an error on every line; nobody reads past the first screens.
    private static let limit = 100

    let fileName: String
    private let tolerance: UnreadableValue.Tolerance
    private let source: SourceText
    private var findings: [Finding] = []
    private var omitted = 0
    private var secrets = SecretSpans()
    private var isStructureUnknown = false

    init(fileName: String, source: SourceText, tolerance: UnreadableValue.Tolerance = .none) {
        self.fileName = fileName
        self.tolerance = tolerance
        self.source = source
    }

    private(set) var hasErrors = false

    /// Records an error. `showsSource: false` is for what is missing: no line is to blame.
    func error(
        _ message: String, at position: SourcePosition, note: String? = nil, showsSource: Bool = true
    ) {
        hasErrors = true
        record(.init(severity: .error, position: position, message: message, note: note, showsSource: showsSource))
    }

    func warning(_ message: String, at position: SourcePosition, note: String? = nil) {
        record(.init(severity: .warning, position: position, message: message, note: note, showsSource: true))
    }

    /// Records that the value of `key` cannot be got at here: a note where that is tolerated, else an error.
    func unreadable(
        _ key: String, isSecret: Bool, _ message: String, at position: SourcePosition, note: String? = nil
    ) {
        let isTolerated =
            switch tolerance {
            case .none: false
            case .secrets: isSecret
            case .all: true
            }
        guard isTolerated else { return error(message, at: position, note: note) }
        record(
            .init(
                severity: .note, position: position, message: message, note: note, showsSource: true,
                unreadableKey: key))
    }

    /// The values that were left out, in the file's order, each as the error that it is for a command that needs it.
    var unreadable: [UnreadableValue] {
        findings.sorted { $0.position < $1.position }.compactMap { finding in
            finding.unreadableKey.map { key in
                var diagnostic = diagnostic(of: finding, SecretMask(spans: secrets))
                diagnostic.severity = .error
                return UnreadableValue(key: key, diagnostic: diagnostic)
            }
        }
    }

    /// Where the characters of the value that begins at `position` stand.
    func valueText(_ text: String, at position: SourcePosition) -> ValueText {
        ValueText(text, at: position, in: source)
    }

    /// Keeps the text of a node out of every excerpt.
    func hide(_ node: YAMLNode) { secrets.insert(from: node.start, to: node.end) }

    /// Says that the text could not be parsed: what is secret can then only be told from the look of the lines.
    func structureIsUnknown() { isStructureUnknown = true }

    /// Everything found, in the file's order.
    func diagnostics() -> [Diagnostic] {
        let mask = isStructureUnknown ? SecretMask(guessedFrom: source) : SecretMask(spans: secrets)
        var seen = Set<Diagnostic>()
        var result: [Diagnostic] = []
        for finding in findings.sorted(by: { $0.position < $1.position }) {
            let diagnostic = diagnostic(of: finding, mask)
            if seen.insert(diagnostic).inserted { result.append(diagnostic) }
        }
        if omitted > 0, let last = result.last {
            result.append(
                Diagnostic(
                    severity: .error, file: fileName, line: last.line, column: last.column,
                    message: "\(omitted) more errors and warnings are not shown", note: nil, excerpt: nil))
        }
        return result
    }

    private func diagnostic(of finding: Finding, _ mask: SecretMask) -> Diagnostic {
        let excerpt =
            finding.showsSource
            ? SourceExcerpt(source: source, position: finding.position, mask: mask).rendered : nil
        return Diagnostic(
            severity: finding.severity, file: fileName, line: finding.position.line, column: finding.position.column,
            message: finding.message, note: finding.note, excerpt: excerpt)
    }

    private func record(_ finding: Finding) {
        if findings.count < Self.limit { findings.append(finding) } else { omitted += 1 }
    }
}
