import Pipeline
import ReplicationProtocol
import Testing

@Suite struct DeliveryLedgerTests {
    @Test func theCommitTimeComesWithABatchsLastReportAndWithNoOther() {
        var ledger = DeliveryLedger()
        let time = ServerTime(rawValue: 5)
        let first = ledger.open(records: 2, bytes: 1, confirmable: nil, commitTime: time)
        let second = ledger.open(records: 1, bytes: 1, confirmable: nil)
        let times = [second, first, first].map { ledger.acknowledge($0, records: 1) }
        #expect(times == [nil, nil, time])
    }

    @Test func aDeliveredBatchConfirmsItsLSN() {
        var ledger = DeliveryLedger(confirmed: LSN(rawValue: 10))
        let batch = ledger.open(records: 2, bytes: 20, confirmable: LSN(rawValue: 30))
        ledger.acknowledge(batch, records: 1)
        #expect(ledger.confirmed == LSN(rawValue: 10) && ledger.inFlightRecords == 1 && ledger.inFlightBytes == 20)
        ledger.acknowledge(batch, records: 1)
        #expect(ledger.confirmed == LSN(rawValue: 30) && ledger.inFlightRecords == 0 && ledger.inFlightBytes == 0)
    }

    @Test("Failure mode 1: a later batch delivered first confirms nothing")
    func aLaterBatchDeliveredFirstConfirmsNothing() {
        var ledger = DeliveryLedger()
        let first = ledger.open(records: 1, bytes: 1, confirmable: LSN(rawValue: 1))
        let second = ledger.open(records: 1, bytes: 1, confirmable: LSN(rawValue: 2))
        ledger.acknowledge(second, records: 1)
        #expect(ledger.confirmed == .zero)
        ledger.acknowledge(first, records: 1)
        #expect(ledger.confirmed == LSN(rawValue: 2))
    }

    @Test func aBatchThatEndsNoTransactionConfirmsNothing() {
        var ledger = DeliveryLedger()
        ledger.acknowledge(ledger.open(records: 1, bytes: 1, confirmable: nil), records: 1)
        #expect(ledger.confirmed == .zero)
    }

    @Test("Failure mode 2: a keepalive waits for the records in front of it")
    func aKeepaliveWaitsForTheRecordsInFrontOfIt() {
        var ledger = DeliveryLedger()
        let batch = ledger.open(records: 1, bytes: 1, confirmable: LSN(rawValue: 1))
        _ = ledger.open(records: 0, bytes: 0, confirmable: LSN(rawValue: 9))
        #expect(ledger.confirmed == .zero)
        ledger.acknowledge(batch, records: 1)
        #expect(ledger.confirmed == LSN(rawValue: 9))
        _ = ledger.open(records: 0, bytes: 0, confirmable: LSN(rawValue: 12))
        #expect(ledger.confirmed == LSN(rawValue: 12))
    }

    @Test("Nothing at or below the confirmed LSN is ever undelivered", arguments: UInt64(0)..<200)
    func nothingConfirmedIsUndelivered(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var ledger = DeliveryLedger()
        var model = Model()
        var lsn: UInt64 = 0
        for _ in 0..<400 {
            let waiting = model.batches.indices.filter { model.batches[$0].undelivered > 0 }
            if waiting.isEmpty || Bool.random(using: &random) {
                lsn += UInt64.random(in: 0...3, using: &random)
                let records = Bool.random(using: &random) ? 0 : Int.random(in: 1...5, using: &random)
                let confirmable = Int.random(in: 0..<3, using: &random) == 0 ? nil : lsn
                let number = ledger.open(records: records, bytes: records * 7, confirmable: confirmable.map(LSN.init))
                model.batches.append(.init(number: number, undelivered: records, size: records * 7, lsn: confirmable))
            } else {
                let index = waiting.randomElement(using: &random)!
                let records = Int.random(in: 1...model.batches[index].undelivered, using: &random)
                model.batches[index].undelivered -= records
                ledger.acknowledge(model.batches[index].number, records: records)
            }
            let before = model.confirmed
            model.settle()
            #expect(ledger.confirmed.rawValue == model.confirmed && model.confirmed >= before)
            #expect(ledger.inFlightRecords == model.batches.reduce(0) { $0 + $1.undelivered })
            #expect(
                ledger.inFlightBytes == model.batches.reduce(0) { $0 + ($1.undelivered > 0 ? $1.size : 0) })
        }
    }

    /// The ledger as one would write it without a thought for cost: every batch ever opened, looked through each time.
    private struct Model {
        struct Batch {
            var number: UInt32
            var undelivered: Int
            var size: Int
            var lsn: UInt64?
        }

        var batches: [Batch] = []
        var confirmed: UInt64 = 0

        mutating func settle() {
            let delivered = batches.prefix { $0.undelivered == 0 }
            confirmed = max(confirmed, delivered.compactMap(\.lsn).max() ?? 0)
        }
    }
}
