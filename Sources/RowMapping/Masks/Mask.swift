/// `columns.mask`: what stands for a column's value, wherever the value would appear.
public enum Mask: Hashable, Sendable {
    /// `***`.
    case redact
    /// SHA-256 of the value's text, in hexadecimal.
    case sha256
    /// HMAC-SHA-256 of the value's text, in hexadecimal: without the key nobody can try out values.
    case hmacSHA256(MaskKey)
    /// `*` for each character but the last ones.
    case last(Int)
    /// The first characters.
    case truncate(Int)
}
