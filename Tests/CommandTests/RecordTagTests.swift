import Testing

@testable import Kafka

@Suite struct RecordTagTests {
    @Test(arguments: [0, 1, .max] as [UInt32])
    func aTagGivesTheBatchBackWhateverElseItCarries(batch: UInt32) {
        for partition in [Producer.Partition.byKey, .number(3), .hash(0), .hash(.max)] {
            #expect(RecordTag.batch(of: RecordTag(batch: batch, partition).opaque) == batch)
        }
    }

    @Test func onlyAHashDecidesAboutThePartition() {
        #expect(RecordTag.partition(of: RecordTag(batch: 1, .byKey).opaque, among: 7) == nil)
        #expect(RecordTag.partition(of: RecordTag(batch: 1, .number(3)).opaque, among: 7) == nil)
        #expect(RecordTag(batch: 1, .number(3)).partition == 3)
        for hash in [0, 6, 7, Int32.max] {
            #expect(RecordTag.partition(of: RecordTag(batch: .max, .hash(hash)).opaque, among: 7) == hash % 7)
        }
    }
}
