import RowMapping

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

    /// The narrow row's, with one feature in use.
    private static let features: [Entry] = [
        feature("filter") { $0.filter = try .parse("active and amount >= 0.5 or name like 'x%'") },
        feature("headers-standard") { $0.headers = HeaderRule.standard },
        feature("topic-of-row") { $0.topic = try .parse("t.{column:account}") },
        feature("partition-columns") { $0.partition = .columns(["account"]) },
        feature("key-json") { $0.keyFormat = .json },
        feature("mask-last") { $0.columns.mask = ["name": .last(4)] },
        // OpenSSL has a context of its own for each value.
        feature("mask-sha256", allocationsAllowed: 4) { $0.columns.mask = ["name": .sha256] },
        feature("mask-hmac", allocationsAllowed: 16) { $0.columns.mask = ["name": .hmacSHA256(MaskKey("key"))] },
        feature("before-after") { $0.envelope = .beforeAfter },
        Entry(name: "encode-update-before-after", unit: "row") {
            try DecodeEncode(.narrow, updates: true) { $0.envelope = .beforeAfter }
        },
    ]

    private static func feature(
        _ name: String, allocationsAllowed: Double = 0, _ adjust: @escaping @Sendable (inout TableRule) throws -> Void
    ) -> Entry {
        Entry(name: "encode-\(name)", unit: "row", allocationsAllowed: allocationsAllowed) {
            try DecodeEncode(.narrow, adjust)
        }
    }

    static let all: [Entry] =
        [
            Entry(name: "decode-narrow", unit: "row") { Decode(.narrow) },
            Entry(name: "decode-wide", unit: "row") { Decode(.wide) },
            Entry(name: "copy-narrow", unit: "row") { CopyDecode(.narrow) },
            Entry(name: "copy-wide", unit: "row") { CopyDecode(.wide) },
            Entry(name: "copy-escapes", unit: "row") { CopyDecode(.escapes) },
            Entry(name: "encode-narrow", unit: "row") { try DecodeEncode(.narrow) },
            Entry(name: "encode-wide", unit: "row") { try DecodeEncode(.wide) },
            Entry(name: "encode-escapes", unit: "row") { try DecodeEncode(.escapes) },
            Entry(name: "encode-update-full", unit: "row") { try DecodeEncode(.narrow, updates: true) },
        ] + features + [
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
