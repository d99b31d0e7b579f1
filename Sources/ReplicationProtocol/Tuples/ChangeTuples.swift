/// The tuples of the change being decoded.
public struct ChangeTuples: ~Copyable, Sendable {
    public var new = TupleSlices()
    public var old = TupleSlices()

    public init() {}
}
