/// The addresses of Kafka's brokers: `host:port`, `host`, `[::1]:9092`, also with `PLAINTEXT://` before them.
enum BrokerAddressText {
    /// What is wrong with the address; nil if nothing is.
    static func problem(_ address: String) -> String? {
        var rest = Substring(address)
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return "has a [ without its ]" }
            rest = rest[rest.index(after: end)...]
            if rest.isEmpty { return nil }
            return rest.first == ":" ? portProblem(rest.dropFirst()) : "must be host:port"
        }
        if rest.count(where: { $0 == ":" }) > 1 {
            return "has more than one colon; an IPv6 address stands in brackets: [::1]:9092"
        }
        if rest.isEmpty || rest.first == ":" { return "has no host; it must be host:port" }
        if rest.contains(where: { $0.isWhitespace || $0 == "/" || $0 == "@" }) { return "must be host:port" }
        guard let colon = rest.firstIndex(of: ":") else { return nil }
        return portProblem(rest[rest.index(after: colon)...])
    }

    /// What stands before `://`, in lower case; nil without.
    static func scheme(_ address: String) -> String? {
        guard let scheme = address.firstRange(of: "://") else { return nil }
        return address[..<scheme.lowerBound].drop { $0 == " " }.lowercased()
    }

    private static func portProblem(_ text: Substring) -> String? {
        guard let port = Int(text), (1...65535).contains(port) else { return "has a port that is not 1 to 65535" }
        return nil
    }
}
