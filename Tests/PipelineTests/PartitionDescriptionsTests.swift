import ReplicationProtocol
import Testing

@testable import Pipeline

@Suite struct PartitionDescriptionsTests {
    private static func relation(
        _ oid: UInt32, _ identity: Relation.ReplicaIdentity = .default
    ) -> Relation {
        Relation(oid: OID(rawValue: oid), schema: "public", name: "t\(oid)", replicaIdentity: identity, columns: [])
    }

    private static let table = OID(rawValue: 1)

    @Test func whatIsDescribedBetweenATableAndItsChangeIsItsPartition() {
        var partitions = PartitionDescriptions()
        partitions.relationCame(Self.relation(1))
        partitions.relationCame(Self.relation(2))
        #expect(partitions.isPending)
        partitions.changeCame(of: Self.table)
        #expect(!partitions.isPending)
        #expect(partitions.ofTable(Self.table) == [Self.relation(2)])
        #expect(partitions.takeNews(of: Self.table) == [Self.relation(2)])
        #expect(partitions.takeNews(of: Self.table) == [])
    }

    @Test func anAlteredPartitionIsNews() {
        var partitions = PartitionDescriptions()
        for identity in [Relation.ReplicaIdentity.default, .default, .full] {
            partitions.relationCame(Self.relation(1))
            partitions.relationCame(Self.relation(2, identity))
            partitions.changeCame(of: Self.table)
        }
        #expect(partitions.takeNews(of: Self.table) == [Self.relation(2), Self.relation(2, .full)])
        #expect(partitions.ofTable(Self.table) == [Self.relation(2, .full)])
    }

    @Test func tablesThatAreDescribedTogetherAreNoPartitions() {
        var partitions = PartitionDescriptions()
        partitions.relationCame(Self.relation(1))
        partitions.relationCame(Self.relation(2))
        partitions.otherCame()
        partitions.changeCame(of: Self.table)
        partitions.relationCame(Self.relation(3))
        partitions.changeCame(of: OID(rawValue: 3))
        partitions.relationCame(Self.relation(4))
        partitions.changeCame(of: Self.table)
        partitions.relationCame(Self.relation(1))
        partitions.relationCame(Self.relation(2))
        partitions.changeCame(of: OID(rawValue: 2))
        #expect(partitions.ofTable(Self.table) == [])
    }
}
