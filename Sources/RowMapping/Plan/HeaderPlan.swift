internal import ReplicationProtocol

/// A rule's headers, bound to a relation.
///
/// In a batch each header is its name's and its value's length, 64 bits each, then both; ``HeaderReader`` reads them.
struct HeaderPlan: Sendable {
    private struct Header {
        var name: [UInt8]
        var value: TemplatePlan
    }

    /// The bytes of the two lengths.
    static let lengths = 16

    private let headers: [Header]

    /// - Parameter declaration: the key of the configuration that a header stands under.
    init(
        _ rules: [HeaderRule], _ columns: RelationColumns,
        declaredIn declaration: (HeaderRule) -> String = { _ in "headers" }
    ) throws(MappingError) {
        var headers: [Header] = []
        for rule in rules {
            headers.append(
                Header(name: Array(rule.name.utf8), value: try columns.template(rule.value, in: declaration(rule))))
        }
        self.headers = headers
    }

    var isEmpty: Bool { headers.isEmpty }

    /// Appends all headers of a change.
    func append(
        _ row: RowPlan.Row, _ tuples: borrowing ChangeTuples, _ context: borrowing ChangeContext, of plan: RowPlan,
        _ batch: inout RecordBatch
    ) {
        for header in headers {
            let start = Self.open(header.name, &batch)
            header.value.append(row, tuples, context, of: plan, &batch)
            Self.close(start, &batch)
        }
    }

    /// Appends all headers of what has no row.
    func append(
        rowless operation: ChangeOperation, _ context: borrowing ChangeContext, _ batch: inout RecordBatch
    ) {
        for header in headers {
            let start = Self.open(header.name, &batch)
            header.value.append(rowless: operation, context, &batch)
            Self.close(start, &batch)
        }
    }

    /// Appends one header with a value that is known.
    static func append(name: StaticString, value: [UInt8], to batch: inout RecordBatch) {
        let start = open(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), &batch)
        batch.append(value)
        close(start, &batch)
    }

    /// Begins a header; returns where.
    private static func open(_ name: some Collection<UInt8>, _ batch: inout RecordBatch) -> Int {
        let start = batch.byteCount
        let output = batch.reserve(lengths + name.count)
        UnsafeMutableRawPointer(output).storeBytes(of: UInt64(name.count), as: UInt64.self)
        _ = UnsafeMutableBufferPointer(start: output + lengths, count: name.count).update(fromContentsOf: name)
        batch.advance(to: output + lengths + name.count)
        return start
    }

    /// Ends the header that began at `start`, now that its value is there.
    private static func close(_ start: Int, _ batch: inout RecordBatch) {
        let header = UnsafeMutableRawPointer(batch.bytes + start)
        let value = batch.byteCount - start - lengths - Int(header.loadUnaligned(as: UInt64.self))
        header.storeBytes(of: UInt64(value), toByteOffset: 8, as: UInt64.self)
    }
}
