import Testing

@testable import ReplicationProtocol

@Suite struct DamagedMessageTests {
    @Test(arguments: Capture.allCases)
    func aMessageCutAtAnyLengthIsAnError(capture: Capture) throws {
        for message in try capture.messages() {
            for length in 0..<message.count {
                #expect(throws: ProtocolError.self, "kind \(message[0]) cut to \(length)") {
                    try DecodedMessage(Array(message[..<length]))
                }
            }
        }
    }

    @Test(arguments: Capture.allCases)
    func aByteBehindTheMessageIsAnError(capture: Capture) throws {
        for message in try capture.messages() {
            let kind = Character(Unicode.Scalar(message[0]))
            #expect(throws: ProtocolError.trailingBytes(message: kind, count: 1)) {
                try DecodedMessage(message + [0])
            }
        }
    }

    @Test func oneWrongByteIsNeverATrap() throws {
        var random = SeededRandom(seed: 2)
        // The long values of the TOAST capture would use up the tries.
        let messages = try Capture.allMessages().filter { $0.count < 500 }
        for message in messages {
            for _ in 0..<500 {
                var damaged = message
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = .random(in: 0...255, using: &random)
                guard let decoded = try? DecodedMessage(damaged) else { continue }
                // What decodes holds slices of the message and nothing else: the copies above would have trapped.
                #expect(decoded.new.count + decoded.old.count <= 2 * TupleSlices.maxColumns)
            }
        }
    }

    @Test func noiseIsNeverATrap() {
        var random = SeededRandom(seed: 3)
        let kinds = Array("BCORYIUDTM".utf8)
        for _ in 0..<20_000 {
            let length = Int.random(in: 0...60, using: &random)
            var bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            bytes.insert(kinds.randomElement(using: &random)!, at: 0)
            _ = try? DecodedMessage(bytes)
        }
    }

    @Test func aMessageThatBeginsBehindItsEndIsAnError() {
        #expect(throws: ProtocolError.truncated(field: "message kind", offset: 5, length: 2)) {
            try DecodedMessage([0x42, 0x42], from: 5)
        }
    }
}
