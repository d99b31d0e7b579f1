/// What becomes of a start at which position, slot and server do not fit each other.
public enum GapAction: Hashable, Sendable {
    /// It ends with the gap named.
    case stop
    /// It is logged, and streaming goes on at the slot.
    case accept
}
