public import ReplicationProtocol

extension RowPlan {
    /// Appends the records of an INSERT.
    public func insert(
        _ tuples: borrowing ChangeTuples, _ bytes: RawSpan, _ context: borrowing ChangeContext,
        to batch: inout RecordBatch
    ) throws(MappingError) {
        try appendNew(.insert, tuples, bytes, context, &batch)
    }

    /// Appends the records of a row that a snapshot has read; a filter takes it for an INSERT.
    public func snapshot(
        _ tuples: borrowing ChangeTuples, _ bytes: RawSpan, _ context: borrowing ChangeContext,
        to batch: inout RecordBatch
    ) throws(MappingError) {
        try appendNew(.snapshot, tuples, bytes, context, &batch)
    }

    @inline(__always)
    private func appendNew(
        _ operation: ChangeOperation, _ tuples: borrowing ChangeTuples, _ bytes: RawSpan,
        _ context: borrowing ChangeContext, _ batch: inout RecordBatch
    ) throws(MappingError) {
        try check(tuples.new)
        if let filter, try !filter.passes(.insert, .none, tuples, bytes) { return }
        let row = Row(operation: operation, source: .new, old: .none, base: bytes.baseAddress)
        try appendRecord(row, tuples, context, &batch)
    }

    /// Appends the records of an UPDATE: the new row, and before it, when the row leaves its key, partition or topic,
    /// its deletion there.
    public func update(
        _ old: OldTuple, _ tuples: borrowing ChangeTuples, _ bytes: RawSpan, _ context: borrowing ChangeContext,
        to batch: inout RecordBatch
    ) throws(MappingError) {
        // What an outbox holds is sent once, when it comes.
        if envelope.isOutbox { return }
        let old = kind(of: old)
        try check(tuples.new)
        if old != .none { try check(tuples.old) }
        if let filter, try !filter.passes(.update, old, tuples, bytes) { return }
        let row = Row(operation: .update, source: .new, old: old, base: bytes.baseAddress)
        if old != .none {
            if rule.skipUnchanged, old == .full, isUnchanged(tuples, bytes) { return }
            // Where deletions send nothing, whether the row has moved does not matter.
            if rule.onDelete != .skip, try hasMoved(old, tuples, bytes) {
                try appendDeletion(row, tuples, context, &batch)
            }
        }
        try appendRecord(row, tuples, context, &batch)
    }

    /// Appends the records of a DELETE, as `onDelete` declares.
    public func delete(
        _ old: OldTuple, _ tuples: borrowing ChangeTuples, _ bytes: RawSpan, _ context: borrowing ChangeContext,
        to batch: inout RecordBatch
    ) throws(MappingError) {
        if rule.onDelete == .skip || envelope.isOutbox { return }
        let old = kind(of: old)
        try check(tuples.old)
        if let filter, try !filter.passes(.delete, old, tuples, bytes) { return }
        try expectRouting(old, tuples)
        let row = Row(operation: .delete, source: .old, old: old, base: bytes.baseAddress)
        try appendDeletion(row, tuples, context, &batch)
    }

    private func appendDeletion(
        _ row: Row, _ tuples: borrowing ChangeTuples, _ context: borrowing ChangeContext,
        _ batch: inout RecordBatch
    ) throws(MappingError) {
        var row = row
        row.operation = .delete
        row.source = .old
        if rule.onDelete == .old || rule.onDelete == .both { try appendRecord(row, tuples, context, &batch) }
        if rule.onDelete == .tombstone || rule.onDelete == .both {
            try appendTombstone(row, tuples, context, &batch)
        }
    }

    /// Whether a column of key, partition or topic has another value in the new row than in the old tuple.
    private func hasMoved(
        _ old: OldTuple, _ tuples: borrowing ChangeTuples, _ bytes: RawSpan
    ) throws(MappingError) -> Bool {
        // A key tuple is sent when the replica identity has changed; the rule's columns may have, and we cannot know.
        try expectRouting(old, tuples)
        for column in routing where hasChanged(column, tuples, bytes) { return true }
        return false
    }

    /// Whether neither the value nor its place would differ from before the UPDATE, of which the whole old row is known.
    private func isUnchanged(_ tuples: borrowing ChangeTuples, _ bytes: RawSpan) -> Bool {
        for column in 0..<columnCount where columns[column].isIncluded && hasChanged(column, tuples, bytes) {
            return false
        }
        for column in routing where hasChanged(column, tuples, bytes) { return false }
        return true
    }

    private func hasChanged(_ column: Int, _ tuples: borrowing ChangeTuples, _ bytes: RawSpan) -> Bool {
        let before = tuples.old[column]
        let after = tuples.new[column]
        if after.kind == .unchangedTOAST { return false }
        return before.kind != after.kind || before.length != after.length || !bytes.elementsEqual(before, after)
    }

    /// Refuses an old row whose place is not known.
    @inline(__always)
    private func expectRouting(_ old: OldTuple, _ tuples: borrowing ChangeTuples) throws(MappingError) {
        if routingIsInIdentity { return }
        for column in routing where !isCarried(column, old, tuples) { throw routingNotInIdentity }
    }

    private var routingNotInIdentity: MappingError {
        .keyNotInReplicaIdentity(
            routing.filter { !columns[$0].isIdentity }.map { relation.columns[$0].name }, table: table)
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
