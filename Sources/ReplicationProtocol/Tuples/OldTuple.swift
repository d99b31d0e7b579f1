/// Which old tuple an UPDATE or DELETE brings along.
public enum OldTuple: UInt8, Sendable {
    /// None: the replica identity did not change (UPDATE).
    case none = 0
    /// The replica identity's columns; the others are marked null, which says nothing about them.
    case key = 0x4B  // K
    /// The complete old row (`REPLICA IDENTITY FULL`).
    case full = 0x4F  // O
}
