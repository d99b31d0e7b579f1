public import ReplicationProtocol
internal import RowMapping

/// The secret that requests for snapshots are signed with: it can be used, and cannot be printed by accident.
public struct RequestKey: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let bytes: [UInt8]

    public init(_ text: String) { bytes = Array(text.utf8) }

    public var description: String { "***" }
    public var debugDescription: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }

    /// How long after its signing a request may commit. Both times are the server's own, so a daemon that is behind, or
    /// was away, takes a request that was in time.
    static let validity: Int64 = 60

    /// The request with a signature for one transaction; nil where libcrypto could not make one.
    public func sign(
        _ request: SnapshotRequest, for identity: PipelineIdentity, xid: UInt64, issued: UInt64
    ) -> SnapshotRequest? {
        guard let mac = mac(of: request, identity, xid: xid, issued: issued) else { return nil }
        var signed = request
        signed.signature = RequestSignature(xid: xid, issued: issued, mac: mac)
        return signed
    }

    /// What is wrong with a request's signature; nil where nothing is.
    ///
    /// - Parameters:
    ///   - identity: of the pipeline that is asked. A request that was signed for another one is forged.
    ///   - transaction: the one that brought the request; nil for a request that was taken before and stands in the
    ///     position, where only its text is left to be judged.
    public func problem(
        with request: SnapshotRequest, for identity: PipelineIdentity, in transaction: Begin?
    ) -> SignatureProblem? {
        guard let signature = request.signature else { return .missing }
        guard let mac = mac(of: request, identity, xid: signature.xid, issued: signature.issued),
            Self.areEqual(Array(mac.utf8), Array(signature.mac.utf8))
        else { return .forged }
        guard let transaction else { return nil }
        // The stream has the lower half of the transaction's number; its other half takes years to come again.
        guard UInt32(truncatingIfNeeded: signature.xid) == transaction.xid else { return .repeated }
        let committed = transaction.commitTime.microsecondsSinceUnixEpoch / 1_000_000
        guard let issued = Int64(exactly: signature.issued),
            (-Self.validity...Self.validity).contains(committed &- issued)
        else { return .expired }
        return nil
    }

    /// HMAC-SHA-256 of all that a request says, of whose pipeline is asked and of its transaction. Each part stands behind
    /// its length, so that no two requests have the same text.
    private func mac(
        of request: SnapshotRequest, _ identity: PipelineIdentity, xid: UInt64, issued: UInt64
    ) -> String? {
        let parts = [
            SnapshotRequest.prefix, identity.systemIdentifier, identity.database, identity.slot, request.table.schema,
            request.table.name, request.condition == nil ? "all" : "where", request.condition ?? "",
            request.isCancellation ? "cancel" : "take", "\(xid)", "\(issued)",
        ]
        return SHA256Digest.hexadecimal(
            of: parts.flatMap { Array("\($0.utf8.count):".utf8) + Array($0.utf8) + Array(",".utf8) }, key: bytes)
    }

    /// Takes the same time wherever the two differ, so that nobody can find a signature byte by byte.
    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for (left, right) in zip(left, right) { difference |= left ^ right }
        return difference == 0
    }
}
