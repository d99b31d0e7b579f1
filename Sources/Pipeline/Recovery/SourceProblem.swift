public import ReplicationProtocol

/// What the checks before streaming found wrong with the server, the slot or the publication.
public enum SourceProblem: Hashable, Sendable, CustomStringConvertible {
    case unsupportedServer(version: String)
    /// The server is a standby of a version that decodes nothing there.
    case standby(version: String)
    case walLevel(String)
    /// - Parameter others: the publications that there are.
    case missingPublication(
        String, slot: String, confirmedFlush: LSN?, current: LSN?, others: [String] = [], onStandby: Bool = false)
    /// The publication was made after changes that the slot still holds, and that are decoded as if it did not exist.
    ///
    /// - Parameter skips: whether the server passes over them, as from PostgreSQL 18 on, or refuses to decode them.
    case publicationIsYounger(String, slot: String, skips: Bool)
    /// - Parameters:
    ///   - gap: what was committed since our last position; nil where that is not known.
    ///   - others: the slots that there are in the database.
    case missingSlot(String, gap: WALRange? = nil, others: [String] = [], onStandby: Bool = false)
    /// `createIfNotExists` asks for what cannot be made as configured.
    case setupRefused(String)
    case slotOfOtherPlugin(String, plugin: String)
    case slotOfOtherDatabase(String, database: String)
    case physicalSlot(String)
    /// The slot was made with `two_phase`, so that its stream holds PREPARE messages.
    ///
    /// - Parameter canBeAltered: whether the server can take the option back, as from PostgreSQL 18 on.
    case twoPhaseSlot(String, canBeAltered: Bool)
    case temporarySlot(String)
    /// A standby's copy of its primary's slot.
    case syncedSlot(String)
    /// The server has given the slot up.
    case slotLost(String, reason: String, gap: WALRange? = nil)

    public var description: String {
        switch self {
        case .unsupportedServer(let version): "PostgreSQL \(version) is not supported"
        case .standby(let version):
            "the server is a standby (it is in recovery), and PostgreSQL \(version) decodes nothing on a standby"
        case .walLevel(let level): "the server's wal_level is \(level)"
        case .missingPublication(let name, _, _, _, let others, _):
            "publication \"\(name)\" does not exist\(Self.list(others))"
        case .publicationIsYounger(let name, let slot, let skips):
            "publication \"\(name)\" is younger than changes that slot \"\(slot)\" holds: the server "
                + (skips ? "passes over them without a word" : "cannot decode them")
        case .missingSlot(let name, let gap, let others, _):
            "replication slot \"\(name)\" does not exist\(Self.list(others))\(Self.text(gap))"
        case .setupRefused(let reasons): "could not create what createIfNotExists asks for: \(reasons)"
        case .slotOfOtherPlugin(let name, let plugin):
            "replication slot \"\(name)\" uses plugin \"\(plugin)\", not pgoutput"
        case .slotOfOtherDatabase(let name, let database):
            "replication slot \"\(name)\" belongs to database \"\(database)\""
        case .physicalSlot(let name): "replication slot \"\(name)\" is physical"
        case .twoPhaseSlot(let name, _):
            "replication slot \"\(name)\" was made with two_phase: its stream holds transactions that are only prepared, "
                + "which this program does not read"
        case .temporarySlot(let name):
            "replication slot \"\(name)\" is temporary: it is another session's, and goes with it"
        case .syncedSlot(let name):
            "replication slot \"\(name)\" is a standby's copy of its primary's slot, which nobody can stream from before "
                + "this server is promoted"
        case .slotLost(let name, let reason, let gap):
            "replication slot \"\(name)\" has lost WAL that it needs: \(reason)\(Self.text(gap))"
        }
    }

    private static func text(_ gap: WALRange?) -> String {
        gap.map { "; what was committed \($0) is not sent" } ?? ""
    }

    private static func list(_ others: [String]) -> String {
        guard !others.isEmpty else { return "" }
        return " (there \(others.count == 1 ? "is" : "are") \(others.map { "\"\($0)\"" }.joined(separator: ", ")))"
    }
}
