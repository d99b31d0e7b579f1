import Testing

@testable import Configuration

@Suite struct ByteSizeTextTests {
    @Test(
        arguments: [
            ("1mb", 1_048_576), ("512kb", 524_288), ("64MiB", 67_108_864), ("1048576", 1_048_576),
            ("1gb", 1_073_741_824),
            ("1GB", 1_073_741_824), ("2KiB", 2048), ("1 mb", 1_048_576), ("5b", 5), ("7 bytes", 7), ("0", 0),
            ("1megabyte", 1_048_576), ("1tib", 1_099_511_627_776),
        ] as [(String, Int)])
    func aSizeIsReadInUnitsOf1024(_ text: String, _ size: Int) throws {
        #expect(try ByteSizeText.parse(text) == size)
    }

    @Test(arguments: [
        "", "mb", "-1mb", "1.5mb", "1m", "1 m b", "1mbit", "9223372036854775808", "9223372036854775807kb",
        "99999999999999999999gb", "\u{0661}mb", "0x10",
    ])
    func anythingElseIsRefused(_ text: String) {
        #expect(throws: ValueError.self) { try ByteSizeText.parse(text) }
    }

    @Test(
        arguments: [(1_048_576, "1mb"), (1_073_741_824, "1gb"), (1025, "1025"), (8_388_608, "8mb"), (0, "0")]
            as [(Int, String)])
    func aSizeIsShownInItsLargestWholeUnit(_ size: Int, _ text: String) {
        #expect(ByteSizeText.format(size) == text)
    }
}
