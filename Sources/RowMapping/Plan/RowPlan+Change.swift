public import ReplicationProtocol

extension RowPlan {
    /// Appends the records of an INSERT.
    public func insert(_ tuples: borrowing ChangeTuples, _ bytes: RawSpan, to batch: inout RecordBatch)
        throws(MappingError)
    {
        try check(tuples.new)
        if let filter, try !filter.passes(.insert, .none, tuples, bytes) { return }
        try appendRow(.insert, .new, .none, tuples, bytes, &batch)
    }

    /// Appends the records of an UPDATE: the new row, and before it, when the key has changed, the deletion of the
    /// old key.
    public func update(
        _ old: OldTuple, _ tuples: borrowing ChangeTuples, _ bytes: RawSpan, to batch: inout RecordBatch
    ) throws(MappingError) {
        try check(tuples.new)
        if old != .none { try check(tuples.old) }
        if let filter, try !filter.passes(.update, old, tuples, bytes) { return }
        if old != .none {
            if rule.skipUnchanged, old == .full, isUnchanged(tuples, bytes) { return }
            // Where deletions send nothing, whether the key has changed does not matter.
            if rule.onDelete != .skip, try keyChanged(old, tuples, bytes) {
                try appendDeletion(old, tuples, bytes, &batch)
            }
        }
        try appendRow(.update, .new, old, tuples, bytes, &batch)
    }

    /// Appends the records of a DELETE, as `onDelete` declares.
    public func delete(
        _ old: OldTuple, _ tuples: borrowing ChangeTuples, _ bytes: RawSpan, to batch: inout RecordBatch
    ) throws(MappingError) {
        guard rule.onDelete != .skip else { return }
        try check(tuples.old)
        if let filter, try !filter.passes(.delete, old, tuples, bytes) { return }
        guard keyIsInIdentity else { throw keyNotInIdentity }
        try appendDeletion(old, tuples, bytes, &batch)
    }

    /// Appends the record of a TRUNCATE, where `onTruncate` asks for one.
    public func truncate(_ truncate: Truncate, to batch: inout RecordBatch) {
        guard rule.onTruncate == .record else { return }
        var value: [UInt8] = [UInt8(ascii: "{")]
        func field(_ name: String, _ text: [UInt8]) {
            if value.count > 1 { value.append(UInt8(ascii: ",")) }
            value += JSONText.quoted(name) + [UInt8(ascii: ":")] + text
        }
        field(rule.operationField ?? "operation", JSONText.quoted(ChangeOperation.truncate.name))
        field("schema", JSONText.quoted(table.schema))
        field("table", JSONText.quoted(table.name))
        field("cascade", Array("\(truncate.cascade)".utf8))
        field("restartIdentity", Array("\(truncate.restartIdentity)".utf8))
        value.append(UInt8(ascii: "}"))
        let start = batch.byteCount
        let output = batch.reserve(value.count)
        output.update(from: value, count: value.count)
        batch.advance(to: output + value.count)
        batch.append(
            .init(topic: topic, keyOffset: start, keyLength: -1, valueOffset: start, valueLength: value.count))
    }

    private func appendDeletion(
        _ old: OldTuple, _ tuples: borrowing ChangeTuples, _ bytes: RawSpan, _ batch: inout RecordBatch
    ) throws(MappingError) {
        if rule.onDelete == .old || rule.onDelete == .both {
            try appendRow(.delete, .old, old, tuples, bytes, &batch)
        }
        if rule.onDelete == .tombstone || rule.onDelete == .both {
            try appendTombstone(tuples, bytes, &batch)
        }
    }

    /// Whether a key column has another value in the new row than in the old tuple.
    private func keyChanged(
        _ old: OldTuple, _ tuples: borrowing ChangeTuples, _ bytes: RawSpan
    ) throws(MappingError) -> Bool {
        // A key tuple is sent when the replica identity has changed; the rule's key may have, and we cannot know.
        guard keyIsInIdentity else { throw keyNotInIdentity }
        for column in key where hasChanged(column, tuples, bytes) { return true }
        return false
    }

    /// Whether neither the value nor the key would differ from before the UPDATE, of which the whole old row is known.
    private func isUnchanged(_ tuples: borrowing ChangeTuples, _ bytes: RawSpan) -> Bool {
        for column in 0..<columnCount where columns[column].isIncluded && hasChanged(column, tuples, bytes) {
            return false
        }
        for column in key where hasChanged(column, tuples, bytes) { return false }
        return true
    }

    private func hasChanged(_ column: Int, _ tuples: borrowing ChangeTuples, _ bytes: RawSpan) -> Bool {
        let before = tuples.old[column]
        let after = tuples.new[column]
        if after.kind == .unchangedTOAST { return false }
        return before.kind != after.kind || before.length != after.length || !bytes.elementsEqual(before, after)
    }

    private var keyNotInIdentity: MappingError {
        .keyNotInReplicaIdentity(
            key.filter { !relation.columns[$0].isKey }.map { relation.columns[$0].name }, table: table)
    }

    @inline(__always)
    private func check(_ tuple: borrowing TupleSlices) throws(MappingError) {
        guard tuple.count == columnCount else {
            throw .columnCountMismatch(table: table, relation: columnCount, tuple: tuple.count)
        }
    }
}

extension RawSpan {
    fileprivate func elementsEqual(_ a: ColumnSlice, _ b: ColumnSlice) -> Bool {
        withUnsafeBytes { bytes in bytes[a.range].elementsEqual(bytes[b.range]) }
    }
}
