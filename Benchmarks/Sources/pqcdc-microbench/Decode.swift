import ReplicationProtocol

/// A chunk of inserts, decoded over and over.
final class Decode: MicroBenchmark {
    private let chunk: WALChunk
    private var tuples = ChangeTuples()

    init(_ table: SampleTable) { chunk = WALChunk((0..<200).map(table.insertFrame)) }

    func run(_ count: Int) throws { try Self.run(count, chunk, &tuples) }

    private static func run(_ count: Int, _ chunk: borrowing WALChunk, _ tuples: inout ChangeTuples) throws {
        var frame = 0
        for _ in 0..<count {
            try chunk.withFrame(frame) { bytes in
                _ = try StreamFrame(decoding: bytes)
                let message = try WALMessage(
                    decoding: bytes, from: StreamFrame.walDataHeaderLength, into: &tuples)
                guard case .insert = message else { preconditionFailure("the chunk holds inserts") }
            }
            frame = frame + 1 == chunk.frameCount ? 0 : frame + 1
        }
    }
}

extension WALChunk {
    init(_ frames: [[UInt8]]) {
        self.init(capacity: frames.reduce(0) { $0 + $1.count })
        for frame in frames { frame.withUnsafeBytes { append($0) } }
    }
}
