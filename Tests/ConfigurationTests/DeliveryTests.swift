import Configuration
import Testing

@Suite struct DeliveryTests {
    private func settings(cdc: String = "", slot: String = "", kafka: String = "") throws -> Settings {
        let result = Sample.load(Sample.text(cdc: cdc, slot: slot, kafka: kafka))
        return try #require(result.settings, "\(result.rendered)")
    }

    @Test func withoutAWordItIsAtLeastOnceAndKeepsPositions() throws {
        let settings = try settings()
        #expect(settings.kafka.delivery == .atLeastOnce)
        #expect(settings.kafka.stateTopic == "pqcdc-state")
        #expect(settings.cdc.slot.onGap == .stop)
        #expect(settings.cdc.heartbeatInterval == nil)
        let exactlyOnce = settings.kafka.exactlyOnce
        #expect(exactlyOnce.maxTransactionBytes == 256 << 20)
        #expect(exactlyOnce.commitInterval == .milliseconds(100))
        #expect(exactlyOnce.transactionTimeout == .seconds(60))
    }

    @Test func whatTheFileSaysIsTaken() throws {
        let settings = try settings(
            cdc: "heartbeat: {interval: 30s}", slot: "onGap: accept",
            kafka: """
                delivery: exactly-once
                stateTopic: positions
                exactlyOnce: {maxTransactionBytes: 1mb, commitInterval: 1s, transactionTimeout: 2m}
                """)
        #expect(settings.kafka.delivery == .exactlyOnce)
        #expect(settings.kafka.stateTopic == "positions")
        #expect(settings.cdc.slot.onGap == .accept)
        #expect(settings.cdc.heartbeatInterval == .seconds(30))
        let exactlyOnce = settings.kafka.exactlyOnce
        #expect(exactlyOnce.maxTransactionBytes == 1 << 20)
        #expect(exactlyOnce.commitInterval == .seconds(1))
        #expect(exactlyOnce.transactionTimeout == .seconds(120))
    }

    @Test func noneSwitchesTheStateTopicOff() throws {
        #expect(try settings(kafka: "stateTopic: none").kafka.stateTopic == nil)
    }
}
