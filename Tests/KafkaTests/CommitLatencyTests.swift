import Glibc
import Kafka
import TestSupport
import Testing

/// What a commit costs; the numbers are printed.
@Suite struct CommitLatencyTests {
    @Test(
        "A transaction on the heels of another does not wait out the usual 100 ms of a retry", arguments: KafkaKind.real
    )
    func aTransactionOnTheHeelsOfAnotherDoesNotWaitOutARetry(kind: KafkaKind) throws {
        let cluster = try kind.shared()
        let (data, state) = (try cluster.createTopic(), try cluster.createTopic())
        for (name, pause) in [("back to back", UInt32(0)), ("100 ms apart", 100_000)] {
            let producer = try TestProducer(cluster, transactionalID: UniqueName.next("id"))
            try producer.producer.initTransactions(timeout: .seconds(20))
            var times: [Duration] = []
            for number in 0..<50 {
                let started = ContinuousClock.now
                try producer.transaction {
                    try producer.send(data, key: "k", value: "\(number)")
                    try producer.send(state, key: "k", value: "\(number)")
                }
                times.append(ContinuousClock.now - started)
                // Nothing is waited for: it is the pause between transactions of a quiet pipeline.
                usleep(pause)
            }
            times.sort()
            print("transactions \(name): median \(times[25]), 9 of 10 within \(times[45])")
            #expect(times[25] < .milliseconds(100))
        }
    }
}
