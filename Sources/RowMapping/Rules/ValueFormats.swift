/// How values of some types are written, where there is more than one good way.
public struct ValueFormats: Hashable, Sendable {
    public enum NumberFormat: String, CaseIterable, Sendable {
        case number
        /// For readers whose numbers lose digits.
        case string
    }

    public enum TimestampFormat: String, CaseIterable, Sendable {
        /// ISO 8601: `2026-11-22T10:00:00.5Z`, without a zone for `timestamp`.
        case iso
        case epochMillis = "epoch-millis"
        case epochMicros = "epoch-micros"
        /// As PostgreSQL prints it.
        case postgres
    }

    public enum ByteaFormat: String, CaseIterable, Sendable {
        case base64
        /// PostgreSQL's own: `\x` and two digits a byte.
        case hex
    }

    public enum JSONFormat: String, CaseIterable, Sendable {
        /// The document stands in the record as it is.
        case inline
        /// The document's text as one string.
        case string
    }

    /// What NaN and the infinities become, which JSON has no number for.
    public enum NonFiniteFormat: String, CaseIterable, Sendable { case string, null }

    public var numeric = NumberFormat.number
    public var int8 = NumberFormat.number
    public var timestamps = TimestampFormat.iso
    public var bytea = ByteaFormat.base64
    public var json = JSONFormat.inline
    public var floats = NonFiniteFormat.string

    public init() {}
}
