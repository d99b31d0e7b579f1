/// One row of `COPY (SELECT ctid, …) TO STDOUT` in text format, in the form that pgoutput's rows are decoded to.
///
/// Reused for every row, so decoding allocates nothing: escapes are resolved in place, in libpq's own buffer.
/// <https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2>
public struct CopyRow: ~Copyable, Sendable {
    /// The row's first column.
    public private(set) var tupleID = TupleID(page: 0, item: 0)
    /// The other columns, as the new tuple of an INSERT.
    public private(set) var tuples = ChangeTuples()

    public init() {}

    /// Decodes a line, its line feed included. The places in ``tuples`` are places in `line`.
    ///
    /// - Parameters:
    ///   - line: is written to: what was escaped is left there as the value's own bytes.
    ///   - columns: how many columns were asked for behind the `ctid`.
    public mutating func decode(
        _ line: UnsafeMutableRawBufferPointer, columns: Int
    ) throws(CopyRowError) {
        guard line.count <= Int(Int32.max) else { throw .tooLong(length: line.count) }
        var offset = 0
        guard let tupleID = TupleID(UnsafeRawBufferPointer(line), &offset) else { throw .malformedTupleID }
        self.tupleID = tupleID
        try tuples.new.decodeCopy(line, &offset, columns: columns)
    }
}
