import Glibc
import TestSupport

/// Injects faults, one after the other, and heals each.
struct Nemesis {
    private let stage: ChaosStage
    private let kafka: ChaosCommand.Kafka
    let instances: Instances
    private let reader: Reader
    private var random: SeededRandom
    private(set) var counts: [Fault: Int] = [:]

    init(
        on stage: ChaosStage, kafka: ChaosCommand.Kafka, _ instances: Instances, _ reader: Reader, seed: UInt64
    ) {
        self.stage = stage
        self.kafka = kafka
        self.instances = instances
        self.reader = reader
        random = SeededRandom(seed: seed)
    }

    /// One fault, whole or (where it says so) with its recovery still under way when this returns.
    mutating func strike() -> String {
        let fault = Fault.random(kafka, stage.delivery, stage.snapshots, &random)
        counts[fault, default: 0] += 1
        do {
            try inject(fault)
            try instances.check()
            // Now and then the next one meets a daemon that is still starting.
            if Int.random(in: 0..<3, using: &random) > 0 { instances.awaitStreaming() }
            pause(upTo: 1_500_000)
        } catch {
            instances.complain("\(fault.rawValue): \(error)", instances.active)
        }
        return fault.rawValue
    }

    private mutating func inject(_ fault: Fault) throws {
        switch fault {
        case .killDaemon:
            try instances.kill()
            try look()
            pause(upTo: 300_000)
            try instances.start()
        case .stopDaemon:
            instances.awaitStreaming()
            try instances.stop()
            try look()
            try instances.start()
        case .freezeDaemon:
            instances.active.pause()
            pause(upTo: 5_000_000)
            instances.active.resume()
        case .takeOverFromKilled: try instances.takeOver(isFrozen: false, sleeping: 0)
        case .takeOverFromFrozen:
            try instances.takeOver(
                isFrozen: true, sleeping: UInt32.random(in: 0...2_000_000, using: &random))
        case .terminateSender:
            instances.awaitStreaming()
            if let sender = try instances.ask(stage.senderPID) {
                try instances.ask { try $0.execute("SELECT pg_terminate_backend(\(sender))") }
            }
        case .terminateReaders:
            // The session of the last question may have ended with the server.
            try eventually(within: .seconds(60), "an end of the other sessions") {
                try instances.ask(stage.terminateReaders)
                return true
            }
        case .restartPostgres: try stage.postgres.restart(.immediate)
        case .stallPostgres:
            stage.relay.stall()
            pause(upTo: 5_000_000)
            stage.relay.resume()
        case .cutPostgres: stage.relay.cut()
        case .killKafka: try killKafka()
        case .freezeKafka:
            setKafka(asleep: true)
            pause(upTo: 4_000_000)
            setKafka(asleep: false)
        case .dropRequests:
            guard case .mock(let cluster) = stage.kafka else { return }
            // 0 is Produce, -195 an end of the connection without an answer. After each the client waits longer before
            // it connects again.
            try cluster.failRequests(apiKey: 0, error: -195, count: Int.random(in: 1...4, using: &random))
        }
    }

    private mutating func killKafka() throws {
        switch stage.kafka {
        case .broker(let broker):
            try broker.kill9()
            pause(upTo: 2_000_000)
            try broker.start()
        case .mock(let cluster):
            try cluster.takeDown()
            pause(upTo: 2_000_000)
            try cluster.bringUp()
        }
    }

    private func setKafka(asleep: Bool) {
        switch (stage.kafka, asleep) {
        case (.broker(let broker), true): broker.pause()
        case (.broker(let broker), false): broker.resume()
        case (.mock(let cluster), true): cluster.pause()
        case (.mock(let cluster), false): cluster.resume()
        }
    }

    /// Nobody writes to Kafka now, so that what is committed can be looked at.
    private func look() throws {
        if stage.delivery == .exactlyOnce { try reader.cut() }
    }

    private mutating func pause(upTo microseconds: UInt32) {
        usleep(UInt32.random(in: 0...microseconds, using: &random))
    }
}
