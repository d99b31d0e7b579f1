/// One change that a setup makes, and how it is taken back.
struct SetupStep: Equatable {
    /// What the step is for, as an error says it: `create the publication "orders"`.
    let action: String
    let statement: SetupStatement
    /// Takes the step back when a later one fails; nil where nothing can.
    let undo: SetupStatement?

    init(_ action: String, _ statement: SetupStatement, undo: String?) {
        self.action = action
        self.statement = statement
        self.undo = undo.map { SetupStatement($0) }
    }

    init(_ action: String, _ sql: String, undo: String?) {
        self.init(action, SetupStatement(sql), undo: undo)
    }
}
