public import ReplicationProtocol

/// A request that has been taken, and what of it has been delivered. Part of each position, as long as it is not done.
public struct RequestProgress: Hashable, Sendable {
    public struct Leaf: Hashable, Sendable {
        public var oid: OID
        /// With another file, pages are not what they were.
        public var fileNode: OID
        /// The first page that is not done.
        public var page: UInt32

        public init(oid: OID, fileNode: OID, page: UInt32) {
            self.oid = oid
            self.fileNode = fileNode
            self.page = page
        }
    }

    /// More are refused: each is part of every position.
    static let limit = 8

    public var request: SnapshotRequest
    public var leaves: [Leaf]

    public init(_ request: SnapshotRequest, leaves: [Leaf] = []) {
        self.request = request
        self.leaves = leaves
    }

    /// The first page of `leaf` that is to be read.
    func start(of leaf: SnapshotLeaf) -> UInt32 {
        leaves.first { $0.oid == leaf.oid && $0.fileNode == leaf.fileNode }?.page ?? 0
    }

    mutating func wasDone(_ leaf: SnapshotLeaf, upTo page: UInt32) {
        leaves.removeAll { $0.oid == leaf.oid }
        leaves.append(Leaf(oid: leaf.oid, fileNode: leaf.fileNode, page: page))
    }
}

/// `{"request":{"table":"public.orders","where":"id > 1"},"pages":"16384/16390/120","next":{…}}`: one in the other, since the
/// records' parser knows no lists.
extension RequestProgress {
    static func read(_ fields: StateFields) throws(StateRecordError) -> [RequestProgress] {
        guard let inner = try fields.fields("request") else { throw .missingField("request") }
        var first = RequestProgress(try SnapshotRequest(inner))
        for text in try fields.text("pages").split(separator: " ") {
            let numbers = text.split(separator: "/").map { UInt32($0) }
            guard numbers.count == 3, let oid = numbers[0], let file = numbers[1], let page = numbers[2] else {
                throw .wrongField("pages")
            }
            first.leaves.append(Leaf(oid: OID(rawValue: oid), fileNode: OID(rawValue: file), page: page))
        }
        guard let next = try fields.fields("next") else { return [first] }
        return [first] + (try read(next))
    }

    static func json(_ all: some Collection<RequestProgress>) -> [UInt8] {
        guard let first = all.first else { preconditionFailure("no request is left out of a position, not written") }
        let pages = first.leaves.map { "\($0.oid)/\($0.fileNode)/\($0.page)" }.joined(separator: " ")
        var bytes = Array(#"{"request":"#.utf8) + first.request.json + Array(#","pages":"\#(pages)""#.utf8)
        if all.count > 1 { bytes += Array(#","next":"#.utf8) + json(all.dropFirst()) }
        return bytes + "}".utf8
    }
}
