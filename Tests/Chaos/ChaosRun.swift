import Glibc
import TestSupport

/// One run: a stage, writers, a reader, a nemesis, peace at the end, and the verdict.
struct ChaosRun {
    private let stage: ChaosStage
    private let kafka: ChaosCommand.Kafka
    private let seed: UInt64

    private static let writers = 3

    init(_ delivery: Delivery, on kafka: ChaosCommand.Kafka, seed: UInt64) throws {
        stage = try ChaosStage(delivery, on: kafka)
        self.kafka = kafka
        self.seed = seed
    }

    func run(for duration: Duration) throws -> ChaosReport {
        let before = try stage.tables(stage.session())
        let journal = Journal()
        let reader = try Reader(on: stage, journal)
        let instances = try Instances(on: stage)
        instances.awaitStreaming()
        let writers = (0..<Self.writers).map { Writer($0, on: stage, enteringIn: journal, seed: seed) }
        var nemesis = Nemesis(on: stage, kafka: kafka, instances, reader, seed: seed)
        let began = ContinuousClock.now
        let deadline = Deadline(in: duration)
        while !deadline.isPast {
            let seconds = began.duration(to: .now).components.seconds
            let fault = nemesis.strike()
            print("\(seconds) s: \(fault); \(reader.count) records read")
            fflush(nil)
        }
        for writer in writers { writer.stop() }
        try eventually(within: .seconds(60), "the writers' end") { writers.allSatisfy(\.isDone) }
        leaveInPeace(instances)
        switch stage.delivery {
        case .atLeastOnce: try reader.readToEnd()
        case .exactlyOnce: try reader.cut()
        }
        reader.stop()
        return try report(instances, nemesis, journal, reader, before)
    }

    /// Everything is healed and nobody writes: the slot has to come to the end by itself, and the daemon to its.
    private func leaveInPeace(_ instances: Instances) {
        do {
            instances.awaitStreaming()
            let sql = try stage.session()
            guard let end = try sql.value("SELECT pg_current_wal_insert_lsn()") else { return }
            try eventually(within: .seconds(180), "the confirmation of everything") {
                try instances.check()
                return try stage.hasConfirmed(end, sql)
            }
            try instances.stop()
        } catch {
            instances.complain("\(error)", instances.active)
        }
    }

    private func report(
        _ instances: Instances, _ nemesis: Nemesis, _ journal: Journal, _ reader: Reader, _ before: Tables
    ) throws -> ChaosReport {
        let sql = try stage.session()
        let (observed, cuts, strange) = reader.result
        let history = History(
            delivery: stage.delivery, attempted: journal.all, committed: try stage.committed(sql), observed: observed,
            cuts: cuts, before: before, after: try stage.tables(sql))
        var verdict = HistoryChecker.check(history)
        for text in strange { verdict.add(.extra, text) }
        for text in instances.complaints { verdict.add(.daemon, text) }
        return ChaosReport(
            verdict: verdict, faults: nemesis.counts, committed: history.committed.count,
            attempted: history.attempted.count, records: observed.count, cuts: cuts.count,
            takeovers: instances.takeovers)
    }
}
