/// Something done so often that its cost per time decides.
protocol MicroBenchmark: AnyObject {
    /// Does it `count` times.
    func run(_ count: Int) throws
}

/// What a benchmark is called, and what is expected of it.
struct Entry: Sendable {
    let name: String
    /// What one operation is.
    let unit: String
    /// Whether all its work is on one thread, and so takes the same number of instructions each time.
    var isRepeatable = true
    /// The most allocations per operation. Steps of a row have none; what is done once a chunk or a batch may have a few,
    /// which is next to nothing per row.
    var allocationsAllowed = 0.0
    let make: @Sendable () throws -> any MicroBenchmark

    static let all: [Entry] = [
        Entry(name: "decode-narrow", unit: "row") { Decode(.narrow) },
        Entry(name: "decode-wide", unit: "row") { Decode(.wide) },
        Entry(name: "encode-narrow", unit: "row") { try DecodeEncode(.narrow) },
        Entry(name: "encode-wide", unit: "row") { try DecodeEncode(.wide) },
        Entry(name: "encode-escapes", unit: "row") { try DecodeEncode(.escapes) },
        Entry(name: "encode-update-full", unit: "row") { try DecodeEncode(.narrow, updates: true) },
        Entry(name: "chunk-append", unit: "row") { ChunkAppend(.narrow) },
        Entry(name: "ledger", unit: "batch") { Ledger() },
        Entry(name: "checkpoint", unit: "batch") { CheckpointBenchmark() },
        Entry(name: "feedback", unit: "question") { Feedback() },
        Entry(name: "status-update", unit: "update", allocationsAllowed: 1) { StatusUpdate() },
        Entry(name: "pipeline-narrow", unit: "row", isRepeatable: false, allocationsAllowed: 0.01) {
            try WholePipeline(.narrow)
        },
        Entry(name: "pipeline-wide", unit: "row", isRepeatable: false, allocationsAllowed: 0.01) {
            try WholePipeline(.wide)
        },
        Entry(name: "round-trip", unit: "row", isRepeatable: false, allocationsAllowed: 4) { try RoundTrip() },
        Entry(name: "produce", unit: "record", isRepeatable: false, allocationsAllowed: 2) { try Produce() },
    ]
}
