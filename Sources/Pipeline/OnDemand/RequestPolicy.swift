internal import ReplicationProtocol
internal import RowMapping

/// Whose requests for snapshots are followed: `cdc.snapshot.onDemand`.
///
/// A logical message does not say which role wrote it, so a request is judged by what it carries.
public enum RequestPolicy: Hashable, Sendable {
    /// No one's.
    case off
    /// Those that carry a signature made with the configuration's secret.
    case signed(RequestKey)
    /// Those of every role that may call `pg_logical_emit_message`.
    case anyone

    /// Why a request is not followed; nil where it is. The text holds nothing of the request.
    ///
    /// - Parameter transaction: see ``RequestKey/problem(with:for:in:)``.
    func problem(
        with request: SnapshotRequest, for identity: PipelineIdentity, in transaction: Begin?
    ) -> String? {
        switch self {
        case .off: "cdc.snapshot.onDemand is off"
        case .signed(let key): key.problem(with: request, for: identity, in: transaction)?.description
        case .anyone: nil
        }
    }

    /// Whether a request may not ask which rows have a value that records hide.
    public var hidesColumns: Bool { self == .anyone }
}
