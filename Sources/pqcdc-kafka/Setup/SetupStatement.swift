import Configuration

/// One SQL statement of a setup, which may hold a secret that is never shown.
struct SetupStatement: Equatable, CustomStringConvertible {
    private let text: String
    /// What stands in the text for the secret.
    private static let mask = "'***'"
    private let secret: Secret?

    init(_ text: String) {
        self.text = text
        secret = nil
    }

    /// - Parameters:
    ///   - text: the statement with the secret's literal left out: what follows ends it.
    ///   - secret: the quoted literal; nil when it will never be run.
    init(_ text: String, endingWith secret: Secret?) {
        self.text = text
        self.secret = secret ?? Secret("")
    }

    /// The statement as the server gets it.
    var sql: String { secret.map { text + $0.reveal() } ?? text }

    /// The statement as it is printed.
    var description: String { (secret == nil ? text : text + Self.mask) + ";" }
}
