@testable import RowMapping

/// A record, copied out of its batch.
struct MappedRecord: Equatable, CustomStringConvertible {
    struct Header: Equatable {
        var name: String
        var value: String
    }

    var key: String?
    var value: String?
    var topic = MappedTable.topic
    var partition = RecordBatch.Partition.byKey
    /// Milliseconds since 1970; 0 leaves it to the client.
    var timestamp: Int64 = 0
    var headers: [Header] = []

    init(key: String?, value: String?) {
        self.key = key
        self.value = value
    }

    /// Everything that `batch` holds, in order.
    static func all(in batch: borrowing RecordBatch) -> [MappedRecord] {
        var records: [MappedRecord] = []
        for index in 0..<batch.count {
            let record = batch[index]
            var mapped = MappedRecord(
                key: text(batch, record.keyOffset, record.keyLength),
                value: text(batch, record.valueOffset, record.valueLength))
            mapped.topic = Int(record.topic)
            mapped.partition = record.partition
            mapped.timestamp = record.timestamp
            precondition(record.headersOffset + record.headersLength <= batch.byteCount, "headers lie in their batch")
            var reader = HeaderReader(
                UnsafeRawBufferPointer(start: batch.bytes + record.headersOffset, count: record.headersLength))
            while let header = reader.header() {
                mapped.headers.append(
                    Header(
                        name: String(decoding: header.name, as: UTF8.self),
                        value: String(decoding: header.value, as: UTF8.self)))
            }
            records.append(mapped)
        }
        return records
    }

    private static func text(_ batch: borrowing RecordBatch, _ offset: Int, _ length: Int) -> String? {
        guard length >= 0 else { return nil }
        precondition(offset >= 0 && offset + length <= batch.byteCount, "a record lies inside its batch")
        return String(decoding: UnsafeBufferPointer(start: batch.bytes + offset, count: length), as: UTF8.self)
    }

    var description: String {
        var text = "\(key ?? "no key") → \(value ?? "no value")"
        if topic != MappedTable.topic { text += " in topic \(topic)" }
        for header in headers { text += " [\(header.name): \(header.value)]" }
        return text
    }
}
