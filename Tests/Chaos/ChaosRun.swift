import Glibc
import TestSupport

/// One run: a stage, writers, a reader, a nemesis, peace at the end, and the verdict.
struct ChaosRun {
    private let stage: ChaosStage
    private let kafka: ChaosCommand.Kafka
    private let seed: UInt64
    private let duration: Duration

    init(
        _ delivery: Delivery, snapshots: SnapshotMode, on kafka: ChaosCommand.Kafka, seed: UInt64,
        for duration: Duration
    ) throws {
        stage = try ChaosStage(delivery, snapshots: snapshots, on: kafka, for: duration)
        self.kafka = kafka
        self.seed = seed
        self.duration = duration
    }

    func run() throws -> ChaosReport {
        let before = try stage.tables(stage.session())
        let journal = Journal()
        let reader = try Reader(on: stage, journal)
        // Before the daemon, where there is a snapshot for them to change under.
        var writers = stage.snapshots == .never ? [] : startWriters(journal)
        let instances = try Instances(on: stage)
        instances.awaitStreaming()
        if writers.isEmpty { writers = startWriters(journal) }
        let requester = stage.snapshots.isOnDemand ? Requester(on: stage, seed: seed) : nil
        var nemesis = Nemesis(on: stage, kafka: kafka, instances, reader, seed: seed)
        let began = ContinuousClock.now
        let deadline = Deadline(in: duration)
        let lastRequests = Deadline(in: duration * 0.85)
        while !deadline.isPast {
            if lastRequests.isPast { requester?.stop() }
            let seconds = began.duration(to: .now).components.seconds
            let fault = nemesis.strike()
            print("\(seconds) s: \(fault); \(reader.count) records read")
            fflush(nil)
        }
        requester?.stop()
        if let requester { try eventually(within: .seconds(60), "the last requests") { requester.isDone } }
        for writer in writers { writer.stop() }
        try eventually(within: .seconds(60), "the writers' end") { writers.allSatisfy(\.isDone) }
        leaveInPeace(instances)
        switch stage.delivery {
        case .atLeastOnce: try reader.readToEnd()
        case .exactlyOnce: try reader.cut()
        }
        reader.stop()
        return try report(instances, nemesis, journal, reader, requester, before)
    }

    private func startWriters(_ journal: Journal) -> [Writer] {
        (0..<ChaosStage.writers).map { Writer($0, on: stage, enteringIn: journal, seed: seed) }
    }

    /// Everything is healed and nobody writes: the slot has to come to the end by itself, and the daemon to its.
    private func leaveInPeace(_ instances: Instances) {
        do {
            instances.awaitStreaming()
            let sql = try stage.session()
            guard let end = try sql.value("SELECT pg_current_wal_insert_lsn()") else { return }
            // What was left of a snapshot, and the backlog behind it, take longer.
            let limit = Duration.seconds(180) + (stage.snapshots == .never ? .zero : duration)
            try eventually(within: limit, "the confirmation of everything") {
                try instances.check()
                return try stage.hasConfirmed(end, sql)
            }
            if stage.snapshots.isOnDemand {
                let position = try stage.positions()
                try eventually(within: limit, "the end of all requested snapshots") {
                    try instances.check()
                    return try !position.tellsOfRequests()
                }
            }
            try instances.stop()
        } catch {
            instances.complain("\(error)", instances.active)
        }
    }

    private func report(
        _ instances: Instances, _ nemesis: Nemesis, _ journal: Journal, _ reader: Reader,
        _ requester: Requester?, _ before: Tables
    ) throws -> ChaosReport {
        let sql = try stage.session()
        let (observed, cuts, strange) = reader.result
        var history = History(delivery: stage.delivery, snapshots: stage.snapshots)
        history.attempted = journal.all
        history.committed = try stage.committed(sql)
        history.observed = observed
        history.cuts = cuts
        history.requests = requester?.asked ?? [:]
        history.before = before
        history.after = try stage.tables(sql)
        var verdict = HistoryChecker.check(history)
        for text in strange { verdict.add(.extra, text) }
        for text in instances.complaints { verdict.add(.daemon, text) }
        return ChaosReport(
            verdict: verdict, faults: nemesis.counts, committed: history.committed.count,
            attempted: history.attempted.count, records: observed.count,
            requests: history.requests.values.reduce(0, +), cuts: cuts.count, takeovers: instances.takeovers)
    }
}
