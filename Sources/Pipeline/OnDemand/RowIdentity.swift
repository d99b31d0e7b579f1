internal import ReplicationProtocol
internal import RowMapping

/// What tells a table's rows apart in stream and snapshot alike: the columns that every UPDATE and DELETE names the row
/// by, as PostgreSQL prints them.
struct RowIdentity {
    /// Indexes into the relation's columns; never empty.
    let columns: [Int]
    /// The identity that was taken last; reused for every row.
    private(set) var key: [UInt8] = []

    /// - Parameters:
    ///   - relation: as the stream describes it.
    ///   - primaryKey: for `REPLICA IDENTITY FULL`, where all columns are marked.
    /// - Returns: nil where rows cannot be told apart, or the stream leaves out by what.
    init?(_ relation: Relation, primaryKey: [String]) {
        var columns: [Int] = []
        switch relation.replicaIdentity {
        case .full:
            for name in primaryKey {
                guard let index = relation.columns.firstIndex(where: { $0.name.isSpelled(like: name) }) else {
                    return nil
                }
                columns.append(index)
            }
        // An index that serves as identity is unique, and none of its columns can be NULL.
        case .default, .index: columns = relation.columns.indices.filter { relation.columns[$0].isKey }
        case .nothing: return nil
        }
        if columns.isEmpty { return nil }
        self.columns = columns
    }

    /// Makes ``key`` the identity of the old row; false where the old tuple does not carry it.
    mutating func takeOld(_ tuples: borrowing ChangeTuples, in bytes: UnsafeRawBufferPointer) -> Bool {
        key.removeAll(keepingCapacity: true)
        for column in columns {
            guard append(column, tuples.old, bytes) else { return false }
        }
        return true
    }

    /// Makes ``key`` the identity of the new row, or of one of a snapshot; false where the change does not carry it.
    ///
    /// - Parameter hasOld: whether there is an old tuple too, which carries large values of the identity that have not
    ///   changed, and that the new one leaves out.
    mutating func takeNew(
        _ tuples: borrowing ChangeTuples, hasOld: Bool, in bytes: UnsafeRawBufferPointer
    ) -> Bool {
        key.removeAll(keepingCapacity: true)
        for column in columns {
            if append(column, tuples.new, bytes) { continue }
            guard hasOld, column < tuples.new.count, tuples.new[column].kind == .unchangedTOAST,
                append(column, tuples.old, bytes)
            else {
                return false
            }
        }
        return true
    }

    private mutating func append(
        _ column: Int, _ tuple: borrowing TupleSlices, _ bytes: UnsafeRawBufferPointer
    ) -> Bool {
        guard column < tuple.count, tuple[column].kind == .text else { return false }
        let slice = tuple[column]
        // Lengths first, so that ("a", "bc") is not ("ab", "c").
        withUnsafeBytes(of: slice.length) { key.append(contentsOf: $0) }
        key.append(contentsOf: bytes[slice.range])
        return true
    }
}
