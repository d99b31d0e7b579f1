/// Where in its file a filter is written, for what is found wrong with it when its table is known.
public struct FilterSource: Hashable, Sendable {
    /// The file, as it was named when it was loaded.
    public let file: String
    let text: ValueText

    /// Where the character stands that is `offset` Unicode scalars into the filter, as ``FilterError`` counts them; where
    /// the filter begins, if the file spells it in another way: over several lines, with escapes, or through a variable.
    public func position(offset: Int) -> SourcePosition { text.position(offset: offset) }

    /// What a message has to add to the position: `, at character 5 of the condition`, or nothing.
    public func place(offset: Int) -> String { text.place(offset: offset, in: "the condition") }
}
