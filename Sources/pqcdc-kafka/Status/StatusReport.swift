import Observability
import ReplicationProtocol

/// What `/status` and `pqcdc-kafka status` say. Holds no secret and no row's value.
///
/// What is not known is nil: much of it while the database is away, more where no daemon runs.
struct StatusReport: Sendable {
    struct Slot: Sendable {
        var name: String
        var database: String
        var isActive: Bool?
        var walStatus: String?
        var retainedBytes: UInt64?
        /// What may still be written before the slot can be lost.
        var safeBytes: UInt64?
    }

    struct LSNs: Sendable {
        var server: LSN?
        var received: LSN?
        var delivered: LSN?
        var confirmed: LSN?
        /// What the state topic says; asked for only where no daemon runs.
        var position: LSN?
    }

    struct Table: Sendable {
        /// `schema.table`.
        var name: String
        /// The key of `mapping.tables` that is in force; nil where none is, and the table is skipped.
        var rule: String?
        var topic: String?
        var inserts: UInt64 = 0
        var updates: UInt64 = 0
        var deletes: UInt64 = 0
        var truncates: UInt64 = 0
        var skipped: UInt64 = 0
        var failed: UInt64 = 0
        var deadLettered: UInt64 = 0
    }

    struct Topic: Sendable {
        var name: String
        var delivered: UInt64
        var deliveredBytes: UInt64
        var failed: UInt64
    }

    struct Snapshot: Sendable {
        /// What is being taken; nil where none is.
        var running: Running?
        /// The tables of the requests that wait, in their order.
        var waiting: [String] = []

        struct Running: Sendable {
            /// Whether it was asked for while changes are streamed.
            var isRequested: Bool
            /// Those that are being read.
            var tables: [String]
            var tableCount: Int
            var doneTables: Int
            /// From 0 to 1, by pages; nil where no daemon says.
            var share: Double?
            var rows: Int
            var expectedRows: Int?
            var bytes: Int
            var rowsPerSecond: Double?
            var timeLeft: Duration?
        }
    }

    /// What is mapped and does not arrive.
    struct Unpublished: Sendable {
        var table: String
        var reason: String
    }

    struct Configuration: Sendable {
        var file: String
        var sha256: String?
    }

    var version: String
    /// A phase's name, or `not running`.
    var state: String
    var role: String?
    var isReady: Bool
    /// Why it is ready, or is not.
    var reason: String
    var uptime: Duration?
    var slot: Slot
    var lsns = LSNs()
    var lagBytes: UInt64?
    var lag: Duration?
    var inFlightRecords: UInt64?
    var inFlightBytes: UInt64?
    var lastProblem: LastProblem.Problem?
    var snapshot = Snapshot()
    var tables: [Table] = []
    var topics: [Topic] = []
    var configuration: Configuration
    /// nil until the publication was looked at.
    var unpublished: [Unpublished]?
}
