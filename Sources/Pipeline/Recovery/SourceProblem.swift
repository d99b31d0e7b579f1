public import ReplicationProtocol

/// What the checks before streaming found wrong with the server, the slot or the publication.
public enum SourceProblem: Hashable, Sendable, CustomStringConvertible {
    case unsupportedServer(version: String)
    case walLevel(String)
    case missingPublication(String, slot: String, confirmedFlush: LSN?, current: LSN?)
    /// - Parameter gap: what was committed since our last position; nil where that is not known.
    case missingSlot(String, gap: WALRange? = nil)
    /// `createIfNotExists` asks for what cannot be made as configured.
    case setupRefused(String)
    case slotOfOtherPlugin(String, plugin: String)
    case slotOfOtherDatabase(String, database: String)
    case physicalSlot(String)
    /// The server has given the slot up.
    case slotLost(String, reason: String, gap: WALRange? = nil)

    public var description: String {
        switch self {
        case .unsupportedServer(let version): "PostgreSQL \(version) is not supported"
        case .walLevel(let level): "the server's wal_level is \(level)"
        case .missingPublication(let name, _, _, _): "publication \"\(name)\" does not exist"
        case .missingSlot(let name, let gap): "replication slot \"\(name)\" does not exist\(Self.text(gap))"
        case .setupRefused(let reasons): "could not create what createIfNotExists asks for: \(reasons)"
        case .slotOfOtherPlugin(let name, let plugin):
            "replication slot \"\(name)\" uses plugin \"\(plugin)\", not pgoutput"
        case .slotOfOtherDatabase(let name, let database):
            "replication slot \"\(name)\" belongs to database \"\(database)\""
        case .physicalSlot(let name): "replication slot \"\(name)\" is physical"
        case .slotLost(let name, let reason, let gap):
            "replication slot \"\(name)\" has lost WAL that it needs: \(reason)\(Self.text(gap))"
        }
    }

    private static func text(_ gap: WALRange?) -> String {
        gap.map { "; what was committed \($0) is not sent" } ?? ""
    }
}
