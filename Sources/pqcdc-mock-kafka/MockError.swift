/// Why an option or a command could not be carried out.
struct MockError: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
