/// How far a pipeline's initial snapshot is: part of its position, so that a start finds both at once.
public struct SnapshotStage: Hashable, Sendable {
    public enum State: String, CaseIterable, Sendable {
        /// Tables are being read; what is done of each stands in a record of its own.
        case running
        /// All is read, and the stream is not past the snapshots yet with which it was read.
        case settling
        /// Nothing remains to be known of it.
        case finished
    }

    /// A number of its own, which its tables' records bear too: those of an earlier one mean nothing to it.
    public var run: UInt64
    public var state: State

    public init(run: UInt64, state: State) {
        self.run = run
        self.state = state
    }

    init(_ fields: StateFields) throws(StateRecordError) {
        run = try fields.number("run")
        guard let state = State(rawValue: try fields.text("state")) else { throw .wrongField("state") }
        self.state = state
    }

    var json: String { "{\"run\":\(run),\"state\":\"\(state.rawValue)\"}" }
}
