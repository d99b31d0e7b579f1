import Foundation
import Testing

@testable import ReplicationProtocol

/// What a real PostgreSQL sent, as `Fixtures/capture.sh` left it.
enum Capture: String, CaseIterable {
    case transactions, relations, rows, toast, truncate, messages, binary

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    /// The bytes of each message, in order.
    func messages() throws -> [[UInt8]] {
        let text = try String(contentsOf: Self.folder.appending(path: "\(rawValue).hex"), encoding: .utf8)
        return try text.split(separator: "\n").map { line in
            let digits = Array(line)
            return try stride(from: 0, to: digits.count, by: 2).map { index in
                try #require(UInt8(String(digits[index...index + 1]), radix: 16))
            }
        }
    }

    /// Every message of every capture.
    static func allMessages() throws -> [[UInt8]] {
        try allCases.flatMap { try $0.messages() }
    }

    /// The messages, decoded, in order.
    func decoded() throws -> [DecodedMessage] {
        try messages().map { try DecodedMessage($0) }
    }

    /// The decoded changes of one table's rows, in order.
    func changes(of table: String) throws -> [DecodedMessage] {
        let relation = try Self.relation(table)
        return try decoded().filter { $0.relation == relation }
    }

    /// A table's OID, from the server's catalog.
    static func relation(_ name: String) throws -> OID {
        let text = try String(contentsOf: folder.appending(path: "relations.txt"), encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasSuffix(" \(name)") })
        return OID(rawValue: try #require(UInt32(line.prefix { $0 != " " })))
    }
}
