/// `cdc.slot`.
public struct SlotSettings: Sendable {
    /// What becomes of a start at which slot and server do not fit the position in Kafka.
    public enum GapAction: String, CaseIterable, Sendable { case stop, accept }

    public var name: String
    public var createIfNotExists: Bool
    /// How often a passive instance looks whether the slot is free.
    public var activityCheckerInterval: Duration
    public var onGap: GapAction
}
