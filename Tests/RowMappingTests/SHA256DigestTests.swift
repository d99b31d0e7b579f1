import Testing

@testable import RowMapping

@Suite struct SHA256DigestTests {
    /// The examples of FIPS 180, <https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values>.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
        (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
    func aDigestIsThatOfTheStandard(text: String, digest: String) {
        let input = Array(text.utf8) + [0]
        var output = [UInt8](repeating: 0, count: SHA256Digest.hexCount)
        #expect(SHA256Digest.write(input, input.count - 1, to: &output))
        #expect(String(decoding: output, as: UTF8.self) == digest)
    }

    /// <https://www.rfc-editor.org/rfc/rfc4231#section-4>; case 5 gives the beginning only.
    static let keyed: [(key: [UInt8], input: [UInt8], digest: String)] = [
        (
            [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            Array(0x01...0x19), [UInt8](repeating: 0xCD, count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (
            [UInt8](repeating: 0x0C, count: 20), Array("Test With Truncation".utf8),
            "a3b6167473100ee06e0c796c2955552b"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131),
            Array(
                ("This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ]

    @Test(arguments: keyed)
    func aKeyedDigestIsThatOfTheStandard(key: [UInt8], input: [UInt8], digest: String) {
        var output = [UInt8](repeating: 0, count: SHA256Digest.hexCount)
        #expect(SHA256Digest.write(input, input.count, key: key, to: &output))
        #expect(String(decoding: output, as: UTF8.self).hasPrefix(digest))
    }

    @Test func anEmptyKeyAndAnEmptyTextHaveADigest() {
        var output = [UInt8](repeating: 0, count: SHA256Digest.hexCount)
        #expect(SHA256Digest.write([0], 0, key: [], to: &output))
        #expect(
            String(decoding: output, as: UTF8.self)
                == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }
}
