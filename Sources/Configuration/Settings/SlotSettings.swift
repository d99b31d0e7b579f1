/// `cdc.slot`.
public struct SlotSettings: Sendable {
    public var name: String
    public var createIfNotExists: Bool
    /// How often a passive instance looks whether the slot is free.
    public var activityCheckerInterval: Duration
}
