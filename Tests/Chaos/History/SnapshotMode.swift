import ArgumentParser

/// Which snapshots a run takes while its writers write.
enum SnapshotMode: String, CaseIterable, ExpressibleByArgument, Sendable {
    case never
    /// The tables are filled before the daemon's first start, which reads them before it streams.
    case initial
    /// The tables are filled before the slot is made, and snapshots are asked for at random moments.
    case onDemand = "on-demand"
    /// Both, on the same tables.
    case both

    var isInitial: Bool { self == .initial || self == .both }
    var isOnDemand: Bool { self == .onDemand || self == .both }
}
