internal import ReplicationProtocol

/// How the text that PostgreSQL prints for a type becomes a JSON value.
enum ValueEncoding: UInt8, Sendable {
    /// A number as it is.
    case integer
    /// A number as it is; NaN and the infinities, which JSON has no number for, as strings.
    case decimal
    case boolean
    /// Any text.
    case string
    /// Text of a type that never prints anything to escape.
    case plainString
    /// A JSON document as it is.
    case json
    /// ISO 8601 without a zone.
    case timestamp
    /// ISO 8601 in UTC.
    case timestamptz
    /// A timestamp of either kind as a number; those without a zone are taken as UTC.
    case epochMillis
    case epochMicros
    /// Bytes, printed in hexadecimal, as base64.
    case bytea
    /// A number as it is; NaN and the infinities as null.
    case decimalOrNull

    /// The encoding of a built-in type; every type that is not listed prints text.
    /// The OIDs are those of PostgreSQL's `pg_type.dat` and never change.
    init(type: OID, _ formats: ValueFormats) {
        self =
            switch type.rawValue {
            case 16: .boolean
            case 17: formats.bytea == .base64 ? .bytea : .string
            case 20: formats.int8 == .number ? .integer : .plainString
            case 21, 23: .integer  // int2, int4
            case 700, 701: formats.floats == .string ? .decimal : .decimalOrNull  // float4, float8
            case 1700: Self.numeric(formats)
            case 114, 3802: formats.json == .inline ? .json : .string  // json, jsonb
            case 1114: Self.timestamp(formats, iso: .timestamp)
            case 1184: Self.timestamp(formats, iso: .timestamptz)
            // oid, date, time, timetz, interval, uuid, macaddr, macaddr8, cidr, inet, bit, varbit, pg_lsn
            case 26, 1082, 1083, 1266, 1186, 2950, 829, 774, 650, 869, 1560, 1562, 3220: .plainString
            default: .string
            }
    }

    private static func numeric(_ formats: ValueFormats) -> ValueEncoding {
        guard formats.numeric == .number else { return .plainString }
        return formats.floats == .string ? .decimal : .decimalOrNull
    }

    private static func timestamp(_ formats: ValueFormats, iso: ValueEncoding) -> ValueEncoding {
        switch formats.timestamps {
        case .iso: iso
        case .epochMillis: .epochMillis
        case .epochMicros: .epochMicros
        case .postgres: .plainString
        }
    }
}
