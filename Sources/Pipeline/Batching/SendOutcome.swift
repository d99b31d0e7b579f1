/// How far a batch has come on its way into the client.
public enum SendOutcome: Hashable, Sendable {
    /// All of it was taken.
    case sent
    /// The client's queue is full; the record with this index is the first that did not fit.
    case queueFull(Int)
    /// The record with this index will never be taken; those before it were.
    case refused(Int, SinkRefusal)
}

/// Why the client does not take one record, while it takes others.
public struct SinkRefusal: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// The record is larger than its topic takes.
        case tooLarge
        /// The topic does not have the partition that the record names.
        case noSuchPartition
        /// The topic is compacted, and the record has no key.
        case withoutKey
        /// The record's time is farther from now than the topic takes.
        case untimely
    }

    public var kind: Kind
    /// What ends the pipeline where the rule says so.
    public var failure: SinkFailure

    public init(_ kind: Kind, _ failure: SinkFailure) {
        self.kind = kind
        self.failure = failure
    }
}
