/// One row of `COPY … TO STDOUT` in text format, in the form that pgoutput's rows are decoded to.
///
/// Reused for every row, so decoding allocates nothing: escapes are resolved in place, in libpq's own buffer.
/// <https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2>
public struct CopyRow: ~Copyable, Sendable {
    /// Its columns, as the new tuple of an INSERT.
    public private(set) var tuples = ChangeTuples()

    public init() {}

    /// Decodes a line, its line feed included. The places in ``tuples`` are places in `line`.
    ///
    /// - Parameters:
    ///   - line: is written to: what was escaped is left there as the value's own bytes.
    ///   - columns: how many columns were asked for.
    public mutating func decode(
        _ line: UnsafeMutableRawBufferPointer, columns: Int
    ) throws(CopyRowError) {
        guard line.count <= Int(Int32.max) else { throw .tooLong(length: line.count) }
        try tuples.new.decodeCopy(line, columns: columns)
    }
}
