/// One change that a setup makes, and how it is taken back.
struct SetupStep: Equatable {
    /// What the step is for, as an error says it: `create the publication "orders"`.
    let action: String
    let statement: SetupStatement
    /// Takes the step back when a later one fails; nil where nothing can.
    let undo: SetupStatement?

    /// What stands between these two is done as a whole or not at all, and nobody sees a part of it; so is its undoing.
    static let begin = SetupStep("begin a transaction", "BEGIN", undo: "COMMIT")
    static let commit = SetupStep("commit a transaction", "COMMIT", undo: "BEGIN")

    init(_ action: String, _ statement: SetupStatement, undo: String?) {
        self.action = action
        self.statement = statement
        self.undo = undo.map { SetupStatement($0) }
    }

    init(_ action: String, _ sql: String, undo: String?) {
        self.init(action, SetupStatement(sql), undo: undo)
    }
}
