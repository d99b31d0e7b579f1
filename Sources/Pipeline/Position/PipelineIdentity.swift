/// Whose position a state record holds.
///
/// System identifier, database and slot name a slot for good: a server that was built anew has another system identifier,
/// and a pipeline keeps its position when its configuration file is renamed. The pipeline's own name, `cdc.pipeline`, only
/// tells pipelines of different servers apart whose databases and slots have the same names.
public struct PipelineIdentity: Hashable, Sendable {
    /// As `IDENTIFY_SYSTEM` prints it: a number of 64 bits.
    public var systemIdentifier: String
    public var database: String
    public var slot: String
    /// The name that the file gives the pipeline; nil without one.
    public var pipeline: String?

    public init(systemIdentifier: String, database: String, slot: String, pipeline: String? = nil) {
        self.systemIdentifier = systemIdentifier
        self.database = database
        self.slot = slot
        self.pipeline = pipeline
    }

    /// The producer's `transactional.id`: who takes the slot fences whoever had it before, and nobody else.
    ///
    /// The pipeline's own name is not in it: the slot is what two instances contend for. Unambiguous, because neither a system identifier nor a slot's name can hold a hyphen.
    public var transactionalID: String { "pqcdc-\(systemIdentifier)-\(database)-\(slot)" }

    /// Whether the other position is of a slot of the same name, but on another server.
    public func differsInSystemOnly(from other: PipelineIdentity) -> Bool {
        database == other.database && slot == other.slot && pipeline == other.pipeline
            && systemIdentifier != other.systemIdentifier
    }

    /// Whether the other position is of this very slot, kept under another name of the pipeline or without one.
    public func differsInPipelineOnly(from other: PipelineIdentity) -> Bool {
        systemIdentifier == other.systemIdentifier && database == other.database && slot == other.slot
            && pipeline != other.pipeline
    }
}
