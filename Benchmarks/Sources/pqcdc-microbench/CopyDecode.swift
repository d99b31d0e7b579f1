import ReplicationProtocol

/// Rows of a snapshot, decoded over and over; each is copied first, as libpq does, since its escapes are resolved in
/// place.
final class CopyDecode: MicroBenchmark {
    private let lines: [[UInt8]]
    private let columns: Int
    private let buffer: UnsafeMutableRawBufferPointer
    private var row = CopyRow()

    init(_ table: SampleTable) {
        lines = (0..<200).map(table.copyLine)
        columns = table.columns.count
        buffer = .allocate(byteCount: lines.map(\.count).max() ?? 0, alignment: 16)
    }

    deinit { buffer.deallocate() }

    func run(_ count: Int) throws {
        var index = 0
        for _ in 0..<count {
            let line = UnsafeMutableRawBufferPointer(rebasing: buffer[..<lines[index].count])
            line.copyBytes(from: lines[index])
            try row.decode(line, columns: columns)
            index = index + 1 == lines.count ? 0 : index + 1
        }
    }
}

extension SampleTable {
    /// A row as `COPY … TO STDOUT` prints it.
    func copyLine(_ row: Int) -> [UInt8] {
        let letters: [UInt8: Character] = [8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 0x5C: "\\"]
        let values = self.row(row).map { value in
            value.utf8.flatMap { byte in letters[byte].map { Array("\\\($0)".utf8) } ?? [byte] }
        }
        return values.joined(separator: [9]) + [10]
    }
}
