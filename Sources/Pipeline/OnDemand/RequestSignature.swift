internal import RowMapping

/// What shows that a request was written by someone who knows the configuration's secret.
public struct RequestSignature: Hashable, Sendable {
    /// The transaction that the request is written in. A copy of the message stands in another one, so no list of the
    /// requests that were seen is needed to know it, and none can be lost.
    public var xid: UInt64
    /// The server's clock when the request was signed, in seconds since 1970-01-01 00:00:00 UTC.
    public var issued: UInt64
    /// HMAC-SHA-256 of the request's canonical text, in hexadecimal.
    public var mac: String

    public init(xid: UInt64, issued: UInt64, mac: String) {
        self.xid = xid
        self.issued = issued
        self.mac = mac
    }

    init(_ fields: StateFields) throws(StateRecordError) {
        self.init(xid: try fields.number("xid"), issued: try fields.number("issued"), mac: try fields.text("mac"))
    }

    var json: [UInt8] {
        Array(#"{"xid":\#(xid),"issued":\#(issued),"mac":"#.utf8) + JSONText.quoted(mac) + Array("}".utf8)
    }
}

/// Why a request does not count. None of these texts holds anything of the request.
public enum SignatureProblem: Hashable, Sendable, CustomStringConvertible {
    case missing
    /// Made with another secret, for another slot, or for a request that said something else.
    case forged
    /// Written longer after its signing than a signature is valid.
    case expired
    /// The message is a copy of one that another transaction wrote.
    case repeated

    public var description: String {
        switch self {
        case .missing: "it is not signed"
        case .forged: "its signature does not fit"
        case .expired: "its signature has expired"
        case .repeated: "its signature belongs to another transaction"
        }
    }
}
