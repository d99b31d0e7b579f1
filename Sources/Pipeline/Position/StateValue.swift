/// What a field of a state record can hold.
enum StateValue {
    case text(String)
    /// A whole number of up to 64 bits.
    case number(UInt64)
    case object([String: StateValue])
    case flag(Bool)
    /// Any other JSON, whose place in a record of ours is only behind a name that we do not know.
    case other
}
