@testable import RowMapping

/// A record, copied out of its batch.
struct MappedRecord: Equatable, CustomStringConvertible {
    var key: String?
    var value: String?

    init(key: String?, value: String?) {
        self.key = key
        self.value = value
    }

    /// Everything that `batch` holds, in order.
    static func all(in batch: borrowing RecordBatch) -> [MappedRecord] {
        var records: [MappedRecord] = []
        for index in 0..<batch.count {
            let record = batch[index]
            precondition(record.topic == MappedTable.topic, "a record goes to its rule's topic")
            records.append(
                MappedRecord(
                    key: text(batch, record.keyOffset, record.keyLength),
                    value: text(batch, record.valueOffset, record.valueLength)))
        }
        return records
    }

    private static func text(_ batch: borrowing RecordBatch, _ offset: Int, _ length: Int) -> String? {
        guard length >= 0 else { return nil }
        precondition(offset >= 0 && offset + length <= batch.byteCount, "a record lies inside its batch")
        return String(decoding: UnsafeBufferPointer(start: batch.bytes + offset, count: length), as: UTF8.self)
    }

    var description: String { "\(key ?? "no key") → \(value ?? "no value")" }
}
