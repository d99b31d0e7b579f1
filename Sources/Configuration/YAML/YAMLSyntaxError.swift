/// Where libyaml could not go on, and why.
struct YAMLSyntaxError: Error {
    var problem: String
    var position: SourcePosition
    /// What libyaml was doing, such as "while parsing a block mapping".
    var context: String?
    var contextPosition: SourcePosition

    /// The problem in libyaml's words, with the place where the unfinished thing began.
    var message: String {
        guard let context else { return problem }
        if contextPosition.line == position.line { return "\(problem), \(context)" }
        return "\(problem), \(context) that begins at line \(contextPosition.line)"
    }
}
