import ReplicationProtocol
import Testing

@testable import RowMapping

/// A partitioned table that is published as a whole: the old tuples' flag is the table's, their columns are the
/// partition's.
@Suite struct OldRowsTests {
    private static let columns: [Relation.Column] = [.key("id"), .plain("v"), .plain("big")]

    private static func partition(_ identity: Relation.ReplicaIdentity, _ keys: Set<String>, oid: UInt32) -> Relation {
        Relation(
            oid: OID(rawValue: oid), schema: "public", name: "t_\(oid)", replicaIdentity: identity,
            // The order of its own.
            columns: columns.reversed().map {
                .init(isKey: identity == .full || keys.contains($0.name), name: $0.name, type: $0.type)
            })
    }

    private static let full = partition(.full, [], oid: 2)
    private static let byKey = partition(.default, ["id"], oid: 3)
    private static let without = partition(.nothing, [], oid: 4)

    private func table(
        _ identity: Relation.ReplicaIdentity, _ partitions: [Relation], key: [String] = ["id"],
        onDelete: DeleteAction = .old, filter: String? = nil, adjust: (inout TableRule) -> Void = { _ in }
    ) throws -> MappedTable {
        try MappedTable(
            Self.columns.map { .init(isKey: identity == .full || $0.isKey, name: $0.name, type: $0.type) },
            identity: identity, key: key, onDelete: onDelete,
            filter: filter.map { try FilterExpression.parse($0) }, partitions: partitions, adjust: adjust)
    }

    /// What the server sends of a partition with its primary key as identity, below a table that says FULL.
    private static let flaggedFull = ChangeBytes.Old.full(["1", nil, nil])

    @Test func anUnchangedValueThatAFullFlagPromisesAndAPartitionLacksIsLeftOut() throws {
        let record = try #require(
            try table(.full, [Self.full, Self.byKey], onDelete: .skip)
                .update(Self.flaggedFull, to: ["2", "b", .unchangedTOAST]).first)
        #expect(record.value == #"{"id":2,"v":"b"}"#)
        #expect(record.headers == [.init(name: "pqcdc.unchangedToast", value: #"["big"]"#)])
    }

    @Test func anOldRowHoldsWhatThePartitionCarriesAndNoNullForTheRest() throws {
        let table = try table(.full, [Self.byKey]) { $0.envelope = .beforeAfter }
        #expect(
            try table.delete(Self.flaggedFull).map(\.value)
                == [#"{"before":{"id":1},"after":null,"operation":"DELETE"}"#])
        #expect(
            try table.update(Self.flaggedFull, to: ["2", "b", "c"]).last?.value
                == #"{"before":{"id":1},"after":{"id":2,"v":"b","big":"c"},"operation":"UPDATE"}"#)
    }

    @Test func aTombstoneForAColumnThatThePartitionLacksIsAnErrorOfTheRow() throws {
        let table = try table(.full, [Self.full, Self.byKey], key: ["v"], onDelete: .tombstone)
        let error = MappingError.keyNotInReplicaIdentity(["v"], table: TableName(schema: "public", name: "t"))
        #expect(throws: error) { try table.delete(Self.flaggedFull) }
        #expect(throws: error) { try table.update(Self.flaggedFull, to: ["2", "b", "c"]) }
        // A full partition's row is known by its values.
        #expect(try table.delete(.full(["1", "a", nil])).map(\.key) == ["a"])
    }

    @Test func aFilterTakesNoMissingValueForNull() throws {
        let changed = try table(.full, [Self.full, Self.byKey], onDelete: .skip, filter: "changed(v)")
        #expect(try changed.update(Self.flaggedFull, to: ["2", "b", "c"]).isEmpty)
        #expect(try changed.update(.full(["1", "a", nil]), to: ["1", "b", "c"]).count == 1)
        let isNull = try table(.full, [Self.full, Self.byKey], filter: "old.v is null")
        #expect(try isNull.delete(Self.flaggedFull).isEmpty)
    }

    @Test func aRowThatMayHaveChangedIsNotSkipped() throws {
        let table = try table(.full, [Self.byKey], onDelete: .skip) { $0.skipUnchanged = true }
        #expect(try table.update(Self.flaggedFull, to: ["1", .unchangedTOAST, .unchangedTOAST]).count == 1)
    }

    @Test func wherePartitionsAreFullAKeyFlagHidesNothing() throws {
        let table = try table(.default, [Self.full], key: ["v"], onDelete: .both)
        #expect(
            try table.delete(.key(["1", "a", nil])).map(\.description)
                == [#"a → {"id":1,"v":"a","big":null}"#, "a → no value"])
        let kept = try table.update(.key(["1", "a", "large"]), to: ["1", "a", .unchangedTOAST])
        #expect(kept.map(\.value) == [#"{"id":1,"v":"a","big":"large"}"#])
    }

    @Test func aFullPartitionBesideAnotherKeepsItsValues() throws {
        let table = try table(.default, [Self.full, Self.byKey])
        #expect(try table.delete(.key(["1", "a", nil])).map(\.value) == [#"{"id":1,"v":"a"}"#])
        #expect(try table.delete(.key(["1", nil, nil])).map(\.value) == [#"{"id":1}"#])
    }

    @Test func aPartitionThatSendsNoOldRowsChangesNothing() throws {
        let table = try table(.full, [Self.full, Self.without])
        #expect(try table.delete(.full(["1", nil, "b"])).map(\.value) == [#"{"id":1,"v":null,"big":"b"}"#])
    }

    @Test func aTableWithoutPartitionsGoesByItsFlag() throws {
        #expect(try table(.full, []).delete(.full(["1", nil, "b"])).map(\.value) == [#"{"id":1,"v":null,"big":"b"}"#])
        #expect(try table(.default, []).delete(.key(["1", nil, nil])).map(\.value) == [#"{"id":1}"#])
    }
}
