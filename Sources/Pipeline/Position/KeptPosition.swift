/// What the state topic knows of a pipeline.
public struct KeptPosition: Hashable, Sendable {
    /// nil for a pipeline that has kept none.
    public var position: SourcePosition?
    /// Other pipelines' identities, where the topic was read through for want of a position.
    public var others: [PipelineIdentity]

    /// Why the topic would lose positions after a time; nil where it would not, or nobody says.
    public var perishes: String?

    public init(position: SourcePosition?, others: [PipelineIdentity] = [], perishes: String? = nil) {
        self.position = position
        self.others = others
        self.perishes = perishes
    }
}
