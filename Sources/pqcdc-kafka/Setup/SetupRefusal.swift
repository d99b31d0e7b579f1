/// Why a setup cannot begin; nothing has been changed.
struct SetupRefusal: Error, Equatable {
    /// One sentence each, with what mends it.
    let reasons: [String]
}
