/// Every step from the reader to the sink, on their threads: chunk, handoff, decode, encode, batch, ledger.
final class WholePipeline: MicroBenchmark {
    private let pipeline: MemoryPipeline

    init(_ table: SampleTable) throws { pipeline = MemoryPipeline(table, transaction: 1000) }

    func run(_ count: Int) { pipeline.deliver(count) }
}

/// One row at a time, the next when the last is delivered: what the threads' waking costs when nothing is busy.
final class RoundTrip: MicroBenchmark {
    private let pipeline: MemoryPipeline

    init() throws { pipeline = MemoryPipeline(.narrow, transaction: 1) }

    func run(_ count: Int) { for _ in 0..<count { pipeline.deliver(1) } }
}
