internal import CLibcrypto

/// SHA-256 and HMAC-SHA-256 in lower-case hexadecimal, by OpenSSL's libcrypto.
///
/// Both calls may be made by any thread, since they are given the place of their result.
public enum SHA256Digest {
    /// How many bytes are written.
    static let hexCount = 64

    /// The digest of `bytes`; nil where libcrypto could not.
    public static func hexadecimal(of bytes: [UInt8]) -> String? {
        var output = [UInt8](repeating: 0, count: hexCount)
        guard write(bytes, bytes.count, to: &output) else { return nil }
        return String(decoding: output, as: UTF8.self)
    }

    /// The HMAC of `bytes` under `key`; nil where libcrypto could not.
    public static func hexadecimal(of bytes: [UInt8], key: [UInt8]) -> String? {
        var output = [UInt8](repeating: 0, count: hexCount)
        guard write(bytes, bytes.count, key: key, to: &output) else { return nil }
        return String(decoding: output, as: UTF8.self)
    }

    /// - Returns: whether libcrypto could.
    ///   <https://docs.openssl.org/3.0/man3/SHA256_Init/>
    static func write(
        _ input: UnsafePointer<UInt8>, _ count: Int, to output: UnsafeMutablePointer<UInt8>
    ) -> Bool {
        guard SHA256(input, count, output + byteCount) != nil else { return false }
        expand(output)
        return true
    }

    /// - Returns: whether libcrypto could, which in FIPS mode depends on the key too.
    ///   <https://docs.openssl.org/3.0/man3/HMAC/>
    static func write(
        _ input: UnsafePointer<UInt8>, _ count: Int, key: [UInt8], to output: UnsafeMutablePointer<UInt8>
    ) -> Bool {
        guard HMAC(EVP_sha256(), key, Int32(key.count), input, count, output + byteCount, nil) != nil else {
            return false
        }
        expand(output)
        return true
    }

    /// What libcrypto says of the last call that it could not do on this thread.
    /// <https://docs.openssl.org/3.0/man3/ERR_get_error/>
    static var failure: String {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        return ERR_reason_error_string(code).map { String(cString: $0) } ?? "libcrypto gives no reason"
    }

    private static let byteCount = 32

    /// Spells out the digest, which stands in the second half: no byte is overwritten before it is read.
    private static func expand(_ output: UnsafeMutablePointer<UInt8>) {
        for index in 0..<byteCount {
            let byte = output[byteCount + index]
            output[2 * index] = hexDigit(byte >> 4)
            output[2 * index + 1] = hexDigit(byte & 15)
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
