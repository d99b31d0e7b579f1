public import ReplicationProtocol

/// A request that has been taken, and what of it has been delivered. Part of each position, as long as it is not done.
public struct RequestProgress: Hashable, Sendable {
    /// How far the reading of a table that holds rows itself has come. Tables are read in the order of their OIDs.
    public struct Place: Hashable, Sendable {
        public var oid: OID
        /// With another file, pages are not what they were.
        public var fileNode: OID
        /// Where the first row stands that is not done.
        public var next: TupleID

        public init(oid: OID, fileNode: OID, next: TupleID) {
            self.oid = oid
            self.fileNode = fileNode
            self.next = next
        }
    }

    public var request: SnapshotRequest
    /// The table at hand, all before which are done; nil before the first chunk.
    public var place: Place?
    /// Rows that were sent, and the bytes of their records.
    public var rows: UInt64
    public var bytes: UInt64

    public init(_ request: SnapshotRequest, at place: Place? = nil, rows: UInt64 = 0, bytes: UInt64 = 0) {
        self.request = request
        self.place = place
        self.rows = rows
        self.bytes = bytes
    }

    /// Where reading of `leaf` begins; nil where nothing of it is left.
    func start(of leaf: SnapshotLeaf) -> TupleID? {
        let beginning = TupleID(page: 0, item: 0)
        guard let place, leaf.oid.rawValue <= place.oid.rawValue else { return beginning }
        guard leaf.oid == place.oid else { return nil }
        guard leaf.fileNode == place.fileNode else { return beginning }
        return place.next.page < max(leaf.pages, 1) ? place.next : nil
    }
}

/// `{"request":{"table":"public.orders","where":"id > 1"},"rows":4711,"bytes":99999,"place":"16384/16390/120/7","next":{…}}`: one in the
/// other, since the records' parser knows no lists.
extension RequestProgress {
    static func read(_ fields: StateFields) throws(StateRecordError) -> [RequestProgress] {
        guard let inner = try fields.fields("request") else { throw .missingField("request") }
        var first = RequestProgress(
            try SnapshotRequest(inner), rows: try fields.count("rows"), bytes: try fields.count("bytes"))
        if let text = try fields.optionalText("place") {
            let numbers = text.split(separator: "/").map { UInt32($0) }
            guard numbers.count == 4, let oid = numbers[0], let file = numbers[1], let page = numbers[2],
                let item = numbers[3].flatMap({ UInt16(exactly: $0) })
            else { throw .wrongField("place") }
            first.place = Place(
                oid: OID(rawValue: oid), fileNode: OID(rawValue: file), next: TupleID(page: page, item: item))
        }
        guard let next = try fields.fields("next") else { return [first] }
        return [first] + (try read(next))
    }

    static func json(_ all: some Collection<RequestProgress>) -> [UInt8] {
        guard let first = all.first else { preconditionFailure("no request is left out of a position, not written") }
        var bytes =
            Array(#"{"request":"#.utf8) + first.request.json
            + Array(#","rows":\#(first.rows),"bytes":\#(first.bytes)"#.utf8)
        if let place = first.place {
            bytes += #","place":"\#(place.oid)/\#(place.fileNode)/\#(place.next.page)/\#(place.next.item)""#.utf8
        }
        if all.count > 1 { bytes += Array(#","next":"#.utf8) + json(all.dropFirst()) }
        return bytes + "}".utf8
    }
}
