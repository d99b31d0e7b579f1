import Testing

@testable import RowMapping

@Suite struct RecordBatchTests {
    @Test func recordsSurviveTheGrowthOfTheirBatch() throws {
        let table = try MappedTable([.key("id"), .plain("v")])
        var batch = RecordBatch(capacity: 16)
        for id in 0..<5000 {
            try table.append(
                ChangeBytes.insert([.text("\(id)"), .text(String(repeating: "x", count: id % 50))]), to: &batch)
        }
        let records = MappedRecord.all(in: batch)
        #expect(
            records
                == (0..<5000).map {
                    MappedRecord(
                        key: "\($0)", value: "{\"id\":\($0),\"v\":\"\(String(repeating: "x", count: $0 % 50))\"}")
                })
    }

    @Test func anEmptiedBatchHoldsNothingAndIsUsedAgain() throws {
        let table = try MappedTable([.key("id")])
        var batch = RecordBatch(capacity: 64)
        try table.append(ChangeBytes.insert(["1"]), to: &batch)
        batch.removeAll(keepingCapacity: 64)
        let facts = (batch.isEmpty, batch.count, batch.byteCount)
        #expect(facts == (true, 0, 0))
        try table.append(ChangeBytes.insert(["2"]), to: &batch)
        let records = MappedRecord.all(in: batch)
        #expect(records == [MappedRecord(key: "2", value: "{\"id\":2}")])
    }

    @Test func theRoomOfALargeRowIsGivenBack() throws {
        let table = try MappedTable([.key("id"), .plain("v")])
        var batch = RecordBatch(capacity: 1 << 16)
        let before = batch.capacity
        try table.append(ChangeBytes.insert(["1", .text(String(repeating: "x", count: 10_000_000))]), to: &batch)
        let grown = batch.capacity
        batch.removeAll(keepingCapacity: 1 << 16)
        let after = batch.capacity
        #expect(grown > 10_000_000)
        // One value, its name and a step of growth; not six times the row.
        #expect(grown < 12_000_000)
        #expect(after <= before)
    }

    @Test func aBatchKeptAtNothingGrowsAgain() throws {
        let table = try MappedTable([.key("id"), .plain("v", 1009)])
        var batch = RecordBatch(capacity: 0)
        for _ in 0..<3 {
            try table.append(ChangeBytes.insert(["1", "{\"a b\",c}"]), to: &batch)
            let records = MappedRecord.all(in: batch)
            #expect(records == [MappedRecord(key: "1", value: "{\"id\":1,\"v\":[\"a b\",\"c\"]}")])
            batch.removeAll(keepingCapacity: 0)
        }
    }

    @Test func aRefusedRowLeavesNoRecord() throws {
        let table = try MappedTable([.key("id"), .plain("v", 17)])
        var batch = RecordBatch(capacity: 64)
        try table.append(ChangeBytes.insert(["1", "\\x00"]), to: &batch)
        try? table.append(ChangeBytes.insert(["2", "nonsense"]), to: &batch)
        try table.append(ChangeBytes.insert(["3", "\\x00"]), to: &batch)
        let records = MappedRecord.all(in: batch)
        #expect(records.map(\.key) == ["1", "3"])
        #expect(records.map(\.value) == ["{\"id\":1,\"v\":\"AA==\"}", "{\"id\":3,\"v\":\"AA==\"}"])
    }
}
