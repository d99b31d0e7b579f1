import Testing

@testable import RowMapping

@Suite struct MaskParseTests {
    private static let key = MaskKey("a secret of some length")

    @Test(arguments: [
        ("redact", Mask.redact, "redact"), ("sha256", .sha256, "sha256"),
        ("hmac-sha256", .hmacSHA256(key), "hmac-sha256"), ("last4", .last(4), "last4"), ("last:4", .last(4), "last4"),
        ("last:1", .last(1), "last1"), ("last1024", .last(1024), "last1024"),
        ("truncate:1", .truncate(1), "truncate:1"), ("truncate:1024", .truncate(1024), "truncate:1024"),
    ])
    func aMaskIsReadAndPrintedAsTheFileSpellsIt(text: String, mask: Mask, printed: String) throws {
        #expect(try Mask.parse(text, key: Self.key) == mask)
        #expect(mask.description == printed)
        #expect(try Mask.parse(printed, key: Self.key) == mask)
    }

    private static let all = "there are redact, sha256, hmac-sha256, last4 and truncate:N"

    @Test(arguments: [
        ("", "there is no mask \"\"; \(all)"), ("md5", "there is no mask \"md5\"; \(all)"),
        ("sha-256", "there is no mask \"sha-256\"; did you mean \"sha256\"?"),
        ("SHA256", "there is no mask \"SHA256\"; did you mean \"sha256\"?"),
        ("hmac_sha256", "there is no mask \"hmac_sha256\"; did you mean \"hmac-sha256\"?"),
        ("lst4", "there is no mask \"lst4\"; did you mean \"last4\"?"),
        ("trunkate:5", "there is no mask \"trunkate:5\"; did you mean \"truncate:N\"?"),
        ("redacted", "there is no mask \"redacted\"; did you mean \"redact\"?"),
        ("redact:3", "redact takes no number; write redact"), ("sha256:", "sha256 takes no number; write sha256"),
        ("last", "last needs a number of characters; write last4"),
        ("truncate", "truncate needs a number of characters; write truncate:8"),
        ("last0", "last needs a number of characters from 1 to 1024; write last4"),
        ("last:", "last needs a number of characters from 1 to 1024; write last4"),
        ("last:+4", "last needs a number of characters from 1 to 1024; write last4"),
        ("last:٤", "last needs a number of characters from 1 to 1024; write last4"),
        ("truncate:0", "truncate needs a number of characters from 1 to 1024; write truncate:8"),
        ("truncate:1025", "truncate needs a number of characters from 1 to 1024; write truncate:8"),
        ("truncate:-1", "truncate needs a number of characters from 1 to 1024; write truncate:8"),
        ("truncate:8 ", "truncate needs a number of characters from 1 to 1024; write truncate:8"),
        (
            "truncate:99999999999999999999",
            "truncate needs a number of characters from 1 to 1024; write truncate:8"
        ),
    ])
    func anErrorSaysWhatToWrite(text: String, description: String) throws {
        let error = try #require(throws: MaskError.self) { try Mask.parse(text, key: Self.key) }
        #expect(error.description == description)
    }

    @Test func aKeyedMaskWithoutItsKeyNamesWhereTheKeyBelongs() throws {
        let error = try #require(throws: MaskError.self) { try Mask.parse("hmac-sha256", key: nil) }
        #expect(error.description == "hmac-sha256 needs a key; set mapping.hmacKey or mapping.hmacKeyFile")
    }

    @Test func theKeyIsNeverPrinted() {
        let mask = Mask.hmacSHA256(Self.key)
        var dumped = ""
        dump(mask, to: &dumped)
        for text in ["\(mask)", String(reflecting: mask), dumped, "\(["email": mask])"] {
            #expect(!text.contains("secret") && !text.contains("97"), "\(text)")
        }
    }
}
