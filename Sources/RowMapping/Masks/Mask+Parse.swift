extension Mask: CustomStringConvertible {
    /// How many characters a mask may keep: more is no mask.
    static let keptCharacters = 1...1024

    /// Reads a mask: `redact`, `sha256`, `hmac-sha256`, `last4` or `last:4`, `truncate:8`.
    ///
    /// - Parameter key: that of `hmac-sha256`; nil where the file declares none.
    public static func parse(_ text: String, key: MaskKey?) throws(MaskError) -> Mask {
        let (name, argument) = split(text)
        switch (name, argument) {
        case ("redact", nil): return .redact
        case ("sha256", nil): return try computable(.sha256)
        case ("hmac-sha256", nil):
            guard let key else {
                throw MaskError("hmac-sha256 needs a key", note: "set mapping.hmacKey or mapping.hmacKeyFile")
            }
            return try computable(.hmacSHA256(key))
        case ("last", _): return .last(try characters(argument, name, example: "last4"))
        case ("truncate", _): return .truncate(try characters(argument, name, example: "truncate:8"))
        case ("redact", _), ("sha256", _), ("hmac-sha256", _):
            throw MaskError("\(name) takes no number", note: "write \(name)")
        default:
            let known = ["redact", "sha256", "hmac-sha256", "last4", "last", "truncate"]
            let suggestion = Spelling.nearest(to: name, among: known).map {
                $0 == "last" || $0 == "truncate" ? "\($0):N" : $0
            }
            throw MaskError(
                "there is no mask \"\(text)\"",
                note: suggestion.map { "did you mean \"\($0)\"?" }
                    ?? "there are redact, sha256, hmac-sha256, last4 and truncate:N")
        }
    }

    /// As the file spells it; never the key.
    public var description: String {
        switch self {
        case .redact: "redact"
        case .sha256: "sha256"
        case .hmacSHA256: "hmac-sha256"
        case .last(let count): "last\(count)"
        case .truncate(let count): "truncate:\(count)"
        }
    }

    /// Tries a mask that hashes, since OpenSSL's configuration may forbid it, and no row shall be the first to find out.
    private static func computable(_ mask: Mask) throws(MaskError) -> Mask {
        var output = [UInt8](repeating: 0, count: SHA256Digest.hexCount)
        let isComputable =
            switch mask {
            case .sha256: SHA256Digest.write([0], 0, to: &output)
            case .hmacSHA256(let key): SHA256Digest.write([0], 0, key: key.bytes, to: &output)
            case .redact, .last, .truncate: true
            }
        guard isComputable else {
            throw MaskError(
                "OpenSSL cannot compute \(mask): \(SHA256Digest.failure)", note: "see openssl.cnf, and FIPS mode")
        }
        return mask
    }

    /// What stands before and behind the colon, which `last4` does without.
    private static func split(_ text: String) -> (name: String, argument: Substring?) {
        let last = "last"
        let digits = text.dropFirst(last.count)
        if text.hasPrefix(last), !digits.isEmpty, digits.utf8.allSatisfy(isDigit) { return (last, digits) }
        guard let colon = text.firstIndex(of: ":") else { return (text, nil) }
        return (String(text[..<colon]), text[text.index(after: colon)...])
    }

    private static func characters(_ digits: Substring?, _ name: String, example: String) throws(MaskError) -> Int {
        guard let digits else {
            throw MaskError("\(name) needs a number of characters", note: "write \(example)")
        }
        guard !digits.isEmpty, digits.utf8.allSatisfy(isDigit), let count = Int(digits), keptCharacters.contains(count)
        else {
            throw MaskError(
                "\(name) needs a number of characters from \(keptCharacters.lowerBound) to \(keptCharacters.upperBound)",
                note: "write \(example)")
        }
        return count
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
