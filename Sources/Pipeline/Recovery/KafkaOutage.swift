/// Why a broker cannot be reached, by librdkafka's words about the connection: most are mistakes that waiting does not mend.
///
/// None ends the process. A name server, a certificate or a listener may be mended while it tries.
public enum KafkaOutage: Hashable, Sendable, CaseIterable {
    case unresolvedName
    case refusedConnection
    /// TLS towards a listener without it.
    case plaintextListener
    /// No TLS towards a listener that wants it, or no log-in towards one that wants that.
    case secureListener
    case untrustedCertificate
    case clientCertificate
    case otherTLS
    case timedOut

    /// - Parameters:
    ///   - code: librdkafka's.
    ///   - text: what it says beside; it names the broker.
    public init?(code: Int32, text: String) {
        // What librdkafka's rdkafka_broker.c, rdkafka_transport.c and rdkafka_ssl.c write.
        if text.contains("PLAINTEXT broker listener") || text.contains("wrong version number")
            // OpenSSL's, when the broker closes the connection on what it does not understand.
            || text.contains("unexpected eof while reading")
        {
            self = .plaintextListener
        } else if text.contains("connecting to a SSL listener") {
            self = .secureListener
        } else if text.contains("certificate verify failed") || text.contains("could not be verified") {
            self = .untrustedCertificate
        } else if text.contains("client SSL authentication") || text.contains("certificate required")
            || text.contains("bad certificate")
        {
            self = .clientCertificate
        } else if text.contains("Failed to resolve") || code == KafkaCode.localResolve.rawValue {
            self = .unresolvedName
        } else if code == KafkaCode.localSsl.rawValue {
            self = .otherTLS
        } else if text.contains("Connection refused") {
            self = .refusedConnection
        } else if text.contains("setup timed out") || text.contains("Operation timed out") {
            self = .timedOut
        } else {
            return nil
        }
    }

    /// What to do about it.
    public var advice: String {
        switch self {
        case .unresolvedName:
            "no name server knows the name: correct kafka.brokers, or, where the brokers themselves have named it, their "
                + "advertised.listeners; nothing is lost"
        case .refusedConnection:
            "nothing listens there: see whether the broker runs, and kafka.brokers or the brokers' advertised.listeners; "
                + "nothing is lost"
        case .plaintextListener:
            "the listener does not speak TLS: name the brokers' TLS port in kafka.brokers, or remove kafka.secureConnection "
                + "(security.protocol); nothing is lost"
        case .secureListener:
            "the listener may want TLS or a log-in: set kafka.secureConnection: true, or the SASL keys, or name the "
                + "brokers' plain port in kafka.brokers; nothing is lost"
        case .untrustedCertificate:
            "the broker's certificate is not of the authority in kafka.rootCA (ssl.ca.location), or is for another host "
                + "name than the one in kafka.brokers and advertised.listeners, or has expired; nothing is lost"
        case .clientCertificate:
            "the brokers want a certificate of ours: set ssl.certificate.location and ssl.key.location in "
                + "kafka.properties; nothing is lost"
        case .otherTLS: "see kafka.rootCA and the ssl.* properties, and the brokers' logs; nothing is lost"
        case .timedOut:
            "nothing answers there: see firewalls, kafka.brokers and the brokers' advertised.listeners; nothing is lost"
        }
    }

    /// The broker that librdkafka's words begin with: `ssl://kafka-1:9093/1`; nil where they name none.
    public static func broker(in text: String) -> String? {
        guard let end = text.firstRange(of: ": ") else { return nil }
        let name = text[..<end.lowerBound]
        return name.contains(":") && !name.contains(" ") ? String(name) : nil
    }
}
