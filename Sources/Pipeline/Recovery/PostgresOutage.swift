/// Why PostgreSQL cannot be reached, by libpq's words about the connection: most are mistakes that waiting does not mend.
///
/// None ends the process, for the same reason as those of ``KafkaOutage``.
public enum PostgresOutage: Hashable, Sendable, CaseIterable {
    case unresolvedName
    case refusedConnection
    case withoutTLS
    case untrustedCertificate
    case otherHostName
    case unreadableFile
    case otherServer
    case timedOut

    /// - Parameter text: libpq's, in English, which it is without `setlocale`.
    public init?(text: String) {
        // What libpq's fe-connect.c and fe-secure-openssl.c write.
        if text.contains("could not translate host name") {
            self = .unresolvedName
        } else if text.contains("does not support SSL") {
            self = .withoutTLS
        } else if text.contains("does not match host name") {
            self = .otherHostName
        } else if text.contains("root certificate file") || text.contains("certificate file \"")
            || text.contains("private key file")
        {
            self = .unreadableFile
        } else if text.contains("certificate verify failed") {
            self = .untrustedCertificate
        } else if text.contains("invalid response to SSL negotiation")
            || text.contains("expected authentication request")
            || text.contains("wrong version number")
        {
            self = .otherServer
        } else if text.contains("Connection refused") {
            self = .refusedConnection
        } else if text.contains("timeout expired") || text.contains("timed out") || text.contains("No route to host")
            || text.contains("Network is unreachable")
        {
            self = .timedOut
        } else {
            return nil
        }
    }

    /// What to do about it.
    public var advice: String {
        switch self {
        case .unresolvedName: "no name server knows cdc.host: correct it, or see the name server; nothing is lost"
        case .refusedConnection:
            "nothing listens there: see whether PostgreSQL runs, its listen_addresses, and cdc.host and cdc.port; nothing "
                + "is lost"
        case .withoutTLS:
            "the server has ssl = off: switch it on there, or choose another cdc.sslMode; nothing is lost"
        case .untrustedCertificate:
            "the server's certificate is not of the authority in cdc.sslRootCert, or has expired; nothing is lost"
        case .otherHostName:
            "the server's certificate is for another name than cdc.host: give cdc.host the certificate's name, or set "
                + "cdc.sslMode: verify-ca; nothing is lost"
        case .unreadableFile: "correct cdc.sslRootCert, cdc.sslCert or cdc.sslKey; nothing is lost"
        case .otherServer:
            "what listens there is not PostgreSQL, or a proxy that does not pass TLS: see cdc.host and cdc.port; nothing is "
                + "lost"
        case .timedOut: "nothing answers there: see firewalls, cdc.host and cdc.port; nothing is lost"
        }
    }
}
