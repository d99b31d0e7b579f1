/// What is taken of snapshots, and what waits.
public struct SnapshotStatus: Sendable {
    /// As it was shown last; nil while none is taken.
    public var progress: SnapshotProgress?
    /// Whether it was asked for while changes are streamed.
    public var isRequested = false
    /// The tables of the requests that wait, in their order.
    public var waiting: [String] = []

    public init() {}
}
