/// Why a text is not a value of the type that its key demands.
struct ValueError: Error {
    /// Continues `kafka.producerBatchSize `, as in "must be a whole number".
    var reason: String
    var note: String?

    init(_ reason: String, note: String? = nil) {
        self.reason = reason
        self.note = note
    }
}
