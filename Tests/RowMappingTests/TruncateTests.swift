import ReplicationProtocol
import Testing

@testable import RowMapping

@Suite struct TruncateTests {
    /// A statement with the two options given.
    private func truncate(_ options: UInt8) throws -> Truncate {
        var tuples = ChangeTuples()
        let bytes: [UInt8] = "T".utf8 + [0, 0, 0, 0, options]
        guard case .truncate(let truncate) = try WALMessage(decoding: bytes.span.bytes, from: 0, into: &tuples) else {
            preconditionFailure("T is Truncate")
        }
        return truncate
    }

    @Test func aTruncateIsSkippedByDefault() throws {
        #expect(try MappedTable([.key("id")]).truncate(truncate(0)) == [])
    }

    @Test(arguments: [(0, false, false), (1, true, false), (2, false, true), (3, true, true)] as [(UInt8, Bool, Bool)])
    func aTruncateRecordHasNoKeyAndTheStatementsOptions(options: UInt8, cascade: Bool, restart: Bool) throws {
        let value =
            "{\"operation\":\"TRUNCATE\",\"schema\":\"public\",\"table\":\"t\",\"cascade\":\(cascade),\"restartIdentity\":\(restart)}"
        #expect(
            try MappedTable([.key("id")], onTruncate: .record).truncate(truncate(options))
                == [MappedRecord(key: nil, value: value)])
    }

    @Test func theOperationFieldNamesTheOperationHereToo() throws {
        let table = try MappedTable([.key("id")], onTruncate: .record, operationField: "op")
        #expect(table.truncate(try truncate(0))[0].value?.hasPrefix("{\"op\":\"TRUNCATE\",") == true)
    }
}
