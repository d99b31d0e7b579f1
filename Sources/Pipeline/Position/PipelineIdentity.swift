/// Whose position a state record holds.
///
/// The three name a slot for good: a server that was built anew has another system identifier, and a pipeline keeps its
/// position when its configuration file is renamed.
public struct PipelineIdentity: Hashable, Sendable {
    /// As `IDENTIFY_SYSTEM` prints it: a number of 64 bits.
    public var systemIdentifier: String
    public var database: String
    public var slot: String

    public init(systemIdentifier: String, database: String, slot: String) {
        self.systemIdentifier = systemIdentifier
        self.database = database
        self.slot = slot
    }

    /// The producer's `transactional.id`: who takes the slot fences whoever had it before, and nobody else.
    ///
    /// Unambiguous, because neither a system identifier nor a slot's name can hold a hyphen.
    public var transactionalID: String { "pqcdc-\(systemIdentifier)-\(database)-\(slot)" }

    /// Whether the other position is of a slot of the same name, but on another server.
    public func differsInSystemOnly(from other: PipelineIdentity) -> Bool {
        database == other.database && slot == other.slot && systemIdentifier != other.systemIdentifier
    }
}
