public import ReplicationProtocol

extension FilterPlan {
    /// Whether the filter is known to be true of a change.
    ///
    /// - Parameters:
    ///   - old: the kind of the old tuple; `.none` for an INSERT.
    ///   - bytes: the message that the tuples are places in.
    /// - Throws: for a tuple of another shape than the relation's, and for a value that its type does not print.
    public func passes(
        _ operation: ChangeOperation, _ old: OldTuple, _ tuples: borrowing ChangeTuples, _ bytes: RawSpan
    ) throws(MappingError) -> Bool {
        if operation == .truncate { return true }
        if operation != .delete { try check(tuples.new) }
        if operation == .delete || old != .none { try check(tuples.old) }
        var next: Int32 = 0
        repeat {
            let step = steps + Int(next)
            let truth = try truth(of: step, operation, old, tuples, bytes)
            next = truth == step.pointee.wanted ? step.pointee.met : step.pointee.otherwise
        } while next >= 0
        return next == FilterStep.pass
    }

    @inline(__always)
    private func check(_ tuple: borrowing TupleSlices) throws(MappingError) {
        guard tuple.count == columnCount else {
            throw .columnCountMismatch(table: table, relation: columnCount, tuple: tuple.count)
        }
    }

    // MARK: Tests

    @inline(__always)
    private func truth(
        of step: UnsafeMutablePointer<FilterStep>, _ operation: ChangeOperation, _ old: OldTuple,
        _ tuples: borrowing ChangeTuples, _ bytes: RawSpan
    ) throws(MappingError) -> FilterStep.Truth {
        let place = step.pointee.column
        switch step.pointee.test {
        case .constant: return step.pointee.result
        case .operation: return Self.truth(step.pointee.operations & 1 << operation.rawValue != 0)
        case .isNull:
            guard let slice = Self.slice(place, operation, old, tuples) else { return .unknown }
            return Self.truth(slice.kind == .null)
        case .changed: return Self.changed(place, operation, old, tuples, bytes)
        case .compare:
            guard let value = try value(place, step.pointee.reading, operation, old, tuples, bytes) else {
                return .unknown
            }
            for index in step.pointee.constants {
                if step.pointee.accepted.contains(value.ordering(to: constants[index])) { return .isTrue }
            }
            return .isFalse
        case .compareColumns:
            let reading = step.pointee.reading
            guard let left = try value(place, reading, operation, old, tuples, bytes),
                let right = try value(step.pointee.other, reading, operation, old, tuples, bytes)
            else { return .unknown }
            return Self.truth(step.pointee.accepted.contains(left.ordering(to: right)))
        case .like:
            guard case .text(let text) = try value(place, .text, operation, old, tuples, bytes) else { return .unknown }
            guard case .text(let pattern) = constants[step.pointee.constants.lowerBound] else {
                preconditionFailure("a pattern is text")
            }
            return Self.truth(LikePattern.matches(text, pattern))
        }
    }

    @inline(__always)
    private static func truth(_ condition: Bool) -> FilterStep.Truth { condition ? .isTrue : .isFalse }

    private static func changed(
        _ place: FilterStep.Place, _ operation: ChangeOperation, _ old: OldTuple, _ tuples: borrowing ChangeTuples,
        _ bytes: RawSpan
    ) -> FilterStep.Truth {
        guard operation == .update else { return .isFalse }
        let after = tuples.new[place.index]
        if after.kind == .unchangedTOAST { return .isFalse }
        guard let before = oldSlice(place, old, tuples) else { return .unknown }
        guard before.kind == after.kind, before.length == after.length else { return .isTrue }
        return truth(
            bytes.withUnsafeBytes { bytes in !bytes[before.range].elementsEqual(bytes[after.range]) })
    }

    // MARK: Values

    /// A value that is there to be compared; nil where it is NULL or not known.
    @inline(__always)
    private func value(
        _ place: FilterStep.Place, _ reading: FilterValue.Reading, _ operation: ChangeOperation, _ old: OldTuple,
        _ tuples: borrowing ChangeTuples, _ bytes: RawSpan
    ) throws(MappingError) -> FilterValue? {
        guard let slice = Self.slice(place, operation, old, tuples), slice.kind != .null else { return nil }
        guard slice.kind == .text else {
            throw .unexpectedBinary(column: relation.columns[place.index].name, table: table)
        }
        let base = bytes.baseAddress
        guard let value = FilterValue(reading, base + Int(slice.offset), Int(slice.length)) else {
            throw malformed(place.index)
        }
        return value
    }

    @inline(never)
    private func malformed(_ index: Int) -> MappingError {
        let column = relation.columns[index]
        return .malformedValue(column: column.name, type: "with OID \(column.type)", table: table)
    }

    /// Where a column's value stands; nil where the change does not say.
    @inline(__always)
    private static func slice(
        _ place: FilterStep.Place, _ operation: ChangeOperation, _ old: OldTuple, _ tuples: borrowing ChangeTuples
    ) -> ColumnSlice? {
        switch place.row {
        case .current: operation == .delete ? oldSlice(place, old, tuples) : newSlice(place, old, tuples)
        case .new: operation == .delete ? nil : newSlice(place, old, tuples)
        case .old: operation == .insert ? nil : oldSlice(place, old, tuples)
        }
    }

    @inline(__always)
    private static func newSlice(
        _ place: FilterStep.Place, _ old: OldTuple, _ tuples: borrowing ChangeTuples
    ) -> ColumnSlice? {
        let slice = tuples.new[place.index]
        guard slice.kind == .unchangedTOAST else { return slice }
        return old == .none ? nil : oldSlice(place, old, tuples)
    }

    @inline(__always)
    private static func oldSlice(
        _ place: FilterStep.Place, _ old: OldTuple, _ tuples: borrowing ChangeTuples
    ) -> ColumnSlice? {
        let slice: ColumnSlice
        switch old {
        case .full: slice = tuples.old[place.index]
        case .key:
            slice = tuples.old[place.index]
            // NULL may stand for "not sent", a value never does.
            guard place.isIdentity || slice.kind != .null else { return nil }
        case .none:
            guard place.isIdentity else { return nil }
            slice = tuples.new[place.index]
        }
        return slice.kind == .unchangedTOAST ? nil : slice
    }
}
