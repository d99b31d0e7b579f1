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
    case timestamp
    case timestamptz
    /// Bytes, printed in hexadecimal, as base64.
    case bytea

    /// The encoding of a built-in type; every type that is not listed prints text.
    /// The OIDs are those of PostgreSQL's `pg_type.dat` and never change.
    init(type: OID) {
        self =
            switch type.rawValue {
            case 16: .boolean
            case 17: .bytea
            case 20, 21, 23: .integer  // int8, int2, int4
            case 700, 701, 1700: .decimal  // float4, float8, numeric
            case 114, 3802: .json  // json, jsonb
            case 1114: .timestamp
            case 1184: .timestamptz
            // oid, date, time, timetz, interval, uuid, macaddr, macaddr8, cidr, inet, bit, varbit, pg_lsn
            case 26, 1082, 1083, 1266, 1186, 2950, 829, 774, 650, 869, 1560, 1562, 3220: .plainString
            default: .string
            }
    }
}
