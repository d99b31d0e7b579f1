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
    }

    /// A file of the wrong kind has an error on every line; nobody reads past the first screens.
    private static let limit = 100

    let fileName: String
    private let source: SourceText
    private var findings: [Finding] = []
    private var omitted = 0
    private var secrets = SecretSpans()
    private var isStructureUnknown = false

    init(fileName: String, source: SourceText) {
        self.fileName = fileName
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
            let excerpt =
                finding.showsSource
                ? SourceExcerpt(source: source, position: finding.position, mask: mask).rendered : nil
            let diagnostic = Diagnostic(
                severity: finding.severity, file: fileName, line: finding.position.line,
                column: finding.position.column, message: finding.message, note: finding.note, excerpt: excerpt)
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

    private func record(_ finding: Finding) {
        if findings.count < Self.limit { findings.append(finding) } else { omitted += 1 }
    }
}
