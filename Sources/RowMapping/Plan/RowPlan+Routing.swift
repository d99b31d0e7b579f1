internal import ReplicationProtocol

extension RowPlan {
    /// The number of the topic that a row goes to.
    ///
    /// - Throws: ``MappingError/unopenedTopic(_:)`` where it is not open so far.
    @inline(__always)
    func topic(
        _ row: Row, _ tuples: borrowing ChangeTuples, _ context: borrowing ChangeContext, _ batch: inout RecordBatch
    ) throws(MappingError) -> Int32 {
        if case .constant(let number) = topic { return number }
        return try rowTopic(row, tuples, context, &batch)
    }

    /// Writes the topic's name into the batch, looks it up, and takes it back.
    @inline(never)
    private func rowTopic(
        _ row: Row, _ tuples: borrowing ChangeTuples, _ context: borrowing ChangeContext, _ batch: inout RecordBatch
    ) throws(MappingError) -> Int32 {
        guard case .row(let template, let replacesIllegal) = topic else {
            preconditionFailure("a constant topic was answered before")
        }
        for index in template.columns {
            // With a part of it missing, it would be the name of another topic.
            guard try routingSlice(index, row, tuples).kind == .text else { throw .illegalTopicOfRow(table: table) }
        }
        let mark = batch.mark
        template.append(row, tuples, context, of: self, &batch)
        let name = batch.bytes + mark.byteCount
        var count = batch.byteCount - mark.byteCount
        batch.rewind(to: mark)
        if replacesIllegal { count = TopicName.replaceIllegal(name, count) }
        guard TopicName.isLegal(name, count) else { throw .illegalTopicOfRow(table: table) }
        let bytes = UnsafeBufferPointer(start: UnsafePointer(name), count: count)
        guard let number = batch.topics.number(of: bytes) else {
            throw .unopenedTopic(String(decoding: bytes, as: UTF8.self))
        }
        if let refusal = TopicRefusal(rawValue: number) { throw refused(bytes, refusal) }
        return number
    }

    @inline(never)
    private func refused(_ name: UnsafeBufferPointer<UInt8>, _ refusal: TopicRefusal) -> MappingError {
        switch refusal {
        case .taken: .takenTopicOfRow(table: table)
        case .missing: .missingTopicOfRow(String(decoding: name, as: UTF8.self), table: table)
        }
    }

    /// What decides about a row's partition.
    @inline(__always)
    func partition(
        _ row: Row, _ tuples: borrowing ChangeTuples, _ batch: inout RecordBatch
    ) throws(MappingError) -> RecordBatch.Partition {
        if case .key = partition { return .byKey }
        return try rowPartition(row, tuples, &batch)
    }

    @inline(never)
    private func rowPartition(
        _ row: Row, _ tuples: borrowing ChangeTuples, _ batch: inout RecordBatch
    ) throws(MappingError) -> RecordBatch.Partition {
        switch partition {
        case .key: return .byKey
        case .column(let index):
            let slice = try routingSlice(index, row, tuples)
            guard slice.kind == .text else { return .byKey }
            return .hash(Murmur2.positiveHash(row.base + Int(slice.offset), Int(slice.length)))
        case .columns(let indexes):
            let mark = batch.mark
            let count = try appendObject(of: indexes, row, tuples, &batch)
            batch.rewind(to: mark)
            return .hash(Murmur2.positiveHash(batch.bytes + mark.byteCount, count))
        case .number(let index):
            let slice = try routingSlice(index, row, tuples)
            guard slice.kind == .text else { return .byKey }
            guard let number = Self.number(row.base + Int(slice.offset), Int(slice.length)) else {
                throw .illegalPartition(column: relation.columns[index].name, table: table)
            }
            return .number(number)
        }
    }

    /// Reads a number that is not negative.
    private static func number(_ input: UnsafePointer<UInt8>, _ count: Int) -> Int32? {
        // 2^31 has ten digits.
        guard (1...10).contains(count) else { return nil }
        var value: Int64 = 0
        for index in 0..<count {
            let digit = input[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int64(digit)
        }
        return Int32(exactly: value)
    }
}
