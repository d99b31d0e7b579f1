import Foundation
import Testing

@testable import Configuration

/// Good files with random damage: the process survives, and says where.
@Suite struct MutationTests {
    /// A small generator with a seed, so that a failure can be repeated.
    struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private static let pieces: [[UInt8]] =
        [
            ":", " ", "\n", "\t", "-", "[", "]", "{", "}", "\"", "'", "#", "&a ", "*a", "!x ", "|", ">", "${", "${X}",
            "$${",
            "---\n", "...\n", "? ", "<<", "~", "null", "-1", "99999999999999999999", "\0", "\u{FEFF}", "\u{2028}", "%",
            "@", "`",
            "1h", "mb", ".", "\\", "password: x", "cdc:\n", "key: []\n",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0x80]]

    private static let files: [(String, URL)] =
        FixtureTests.good.map { ($0, Folders.fixtures) }
        + Folders.names(in: Folders.examples, endingIn: ".yaml").map {
            ($0, Folders.examples)
        }

    @Test(arguments: 0..<8) func damageNeverTraps(_ seed: Int) throws {
        var generator = Generator(state: UInt64(seed))
        for (name, folder) in Self.files {
            let original = try Folders.bytes(of: name, in: folder)
            for _ in 0..<40 {
                var bytes = original
                for _ in 0..<Int.random(in: 1...4, using: &generator) { Self.damage(&bytes, &generator) }
                let result = ConfigurationFile.parse(bytes, fileName: name, environment: Sample.environment)
                #expect((result.settings == nil) == result.hasErrors)
                for diagnostic in result.diagnostics {
                    #expect(diagnostic.line >= 1 && diagnostic.column >= 1)
                    #expect(!diagnostic.rendered.contains("opensesame"))
                }
            }
        }
    }

    @Test func everyTruncationEndsInAResult() throws {
        for (name, folder) in Self.files {
            let original = try Folders.bytes(of: name, in: folder)
            for length in stride(from: 0, through: original.count, by: 3) {
                let result = ConfigurationFile.parse(
                    Array(original[..<length]), fileName: name, environment: Sample.environment)
                #expect((result.settings == nil) == result.hasErrors)
            }
        }
    }

    static func damage(_ bytes: inout [UInt8], _ generator: inout Generator) {
        let at = Int.random(in: 0...bytes.count, using: &generator)
        let to = min(bytes.count, at + Int.random(in: 0...12, using: &generator))
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes.removeSubrange(at..<to)
        case 1: bytes.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: at)
        case 2: bytes.replaceSubrange(at..<to, with: pieces.randomElement(using: &generator) ?? [])
        case 3: bytes.insert(contentsOf: Array(bytes[at..<to]), at: at)
        default: if at < bytes.count { bytes[at] = UInt8.random(in: .min ... .max, using: &generator) }
        }
    }
}
