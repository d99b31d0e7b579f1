import TestSupport

extension ConsumedRecord {
    /// `key → value`, the form in which tests state what they expect; `-` is no key, or no value.
    var text: String { "\(keyText ?? "-") → \(valueText ?? "-")" }
}
