/// Why a text is not a value of the type that its key demands.
struct ValueError: Error {
    /// Continues `kafka.producerBatchSize `, as in "must be a whole number".
    var reason: String
    var note: String?
    /// The variable that the text refers to and the environment does not have; nil when something else is wrong.
    var unsetVariable: String?

    init(_ reason: String, note: String? = nil, unsetVariable: String? = nil) {
        self.reason = reason
        self.note = note
        self.unsetVariable = unsetVariable
    }
}
