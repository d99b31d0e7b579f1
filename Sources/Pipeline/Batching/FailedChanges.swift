internal import ReplicationProtocol
internal import RowMapping

/// Changes of one table that could not become records, and for which its rule does not stop the pipeline.
struct FailedChanges: Equatable {
    /// Where they are from: a table's name, or `messages`.
    var origin: String
    var action: FailureAction
    var count: UInt64
    /// Facts of the last one.
    var reason: String
    var lsn: LSN

    /// The origin of logical messages, which belong to no table.
    static let messages = "messages"
}
