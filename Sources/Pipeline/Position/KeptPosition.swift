/// What the state topic knows of a pipeline.
public struct KeptPosition: Hashable, Sendable {
    /// nil for a pipeline that has kept none.
    public var position: SourcePosition?
    /// Other pipelines' identities, where the topic was read through for want of a position.
    public var others: [PipelineIdentity]

    public init(position: SourcePosition?, others: [PipelineIdentity] = []) {
        self.position = position
        self.others = others
    }
}
