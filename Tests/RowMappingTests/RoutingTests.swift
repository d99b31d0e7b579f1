import ReplicationProtocol
import Testing

@testable import RowMapping

/// Where a record goes: topic and partition, by what the row holds.
@Suite struct RoutingTests {
    private static let columns: [Relation.Column] = [.key("id"), .key("region", 25), .plain("name")]

    private func byRegion(
        _ identity: Relation.ReplicaIdentity = .default, _ adjust: (inout TableRule) -> Void = { _ in }
    ) throws -> MappedTable {
        try MappedTable(Self.columns, identity: identity, key: ["id"], onDelete: .tombstone) {
            $0.topic = Template(text: "", parts: [.text("orders."), .column("region", .lower)])
            adjust(&$0)
        }
    }

    @Test func aRowDecidesAboutItsTopic() throws {
        let topics = ["orders.eu": 3, "orders.us": 4]
        let table = try byRegion()
        #expect(try table.insert(["1", "EU", "a"], topics: topics).map(\.topic) == [3])
        #expect(try table.insert(["1", "us", "a"], topics: topics).map(\.topic) == [4])
    }

    @Test func aTopicThatIsNotOpenIsAskedForByName() throws {
        let table = try byRegion()
        #expect(throws: MappingError.unopenedTopic("orders.eu")) { try table.insert(["1", "EU", "a"]) }
    }

    @Test func aRowThatMovesToAnotherTopicIsDeletedFromTheOldOne() throws {
        let moved = try byRegion().update(
            .key(["1", "EU", nil]), to: ["1", "US", "a"], topics: ["orders.eu": 3, "orders.us": 4])
        #expect(moved.map(\.topic) == [3, 4] && moved.map(\.value) == [nil, #"{"id":1,"region":"US","name":"a"}"#])
    }

    @Test(arguments: [nil, "", "e u", "é", String(repeating: "x", count: 250)] as [String?])
    func aTopicThatKafkaDoesNotTakeIsAnErrorOfTheRow(region: String?) throws {
        let table = try MappedTable(Self.columns, key: ["id"]) {
            $0.topic = Template(text: "", parts: [.column("region", nil)])
        }
        let error = MappingError.illegalTopicOfRow(table: TableName(schema: "public", name: "t"))
        #expect(throws: error) { try table.insert(["1", region.map { .text($0) } ?? .null, "a"]) }
        #expect(error.isOfOneChange)
    }

    @Test func illegalCharactersCanBeReplaced() throws {
        let table = try byRegion { $0.illegalTopicCharacters = .replace }
        #expect(try table.insert(["1", "E é/u", "a"], topics: ["orders.e___u": 5]).map(\.topic) == [5])
    }

    @Test(arguments: [("{schema}.{table}", "public.t"), ("a", "a")])
    func aTopicWithoutColumnsIsKnownOnce(text: String, name: String) throws {
        let relation = try MappedTable(Self.columns).plan.relation
        var rule = TableRule(topic: try Template.parse(text))
        #expect(try RowPlan.constantTopic(rule: rule, relation: relation) == name)
        rule.topic = try Template.parse("x.{column:id}")
        #expect(try RowPlan.constantTopic(rule: rule, relation: relation) == nil)
    }

    @Test func aPartitionsColumnGivesTheHashOfItsText() throws {
        let table = try MappedTable(Self.columns, key: ["id"]) { $0.partition = .columns(["region"]) }
        // Kafka's own test has this value: -790332482.
        #expect(try table.insert(["1", "foobar", "a"]).map(\.partition) == [.hash(-790_332_482 & 0x7FFF_FFFF)])
        #expect(try table.insert(["1", nil, "a"]).map(\.partition) == [.byKey])
    }

    @Test func severalColumnsHashAsTheKeyThatTheyWouldMake() throws {
        let table = try MappedTable(Self.columns, key: ["id"]) { $0.partition = .columns(["region", "id"]) }
        let key = Array(#"{"region":"eu","id":1}"#.utf8)
        let hash = key.withUnsafeBufferPointer { Murmur2.positiveHash($0.baseAddress!, $0.count) }
        #expect(try table.insert(["1", "eu", "a"]).map(\.partition) == [.hash(hash)])
    }

    @Test func aColumnCanNameThePartitionsNumber() throws {
        let table = try MappedTable(Self.columns, key: ["region"]) { $0.partition = .number("id") }
        #expect(try table.insert(["7", "eu", "a"]).map(\.partition) == [.number(7)])
        for wrong in ["-1", "x", "2147483648", ""] {
            #expect(throws: MappingError.illegalPartition(column: "id", table: TableName(schema: "public", name: "t")))
            {
                try table.insert([.text(wrong), "eu", "a"])
            }
        }
    }

    @Test func aRowThatMovesToAnotherPartitionIsDeletedFromTheOldOne() throws {
        let table = try MappedTable(Self.columns, key: ["id"], onDelete: .tombstone) {
            $0.partition = .number("region")
        }
        let moved = try table.update(.key(["1", "2", nil]), to: ["1", "3", "a"])
        #expect(moved.map(\.partition) == [.number(2), .number(3)] && moved[0].value == nil)
    }

    @Test func aDeleteWhoseTopicIsNotInTheOldRowIsRefused() throws {
        let table = try MappedTable([.key("id"), .plain("region")], key: ["id"]) {
            $0.topic = Template(text: "", parts: [.column("region", nil)])
        }
        #expect(
            throws: MappingError.keyNotInReplicaIdentity(["region"], table: TableName(schema: "public", name: "t"))
        ) { try table.delete(.key(["1", nil])) }
    }

    @Test(arguments: [(KeyFormat.text, "1"), (.json, #"{"id":1}"#)])
    func aSingleKeyColumnIsTextOrAnObject(format: KeyFormat, key: String) throws {
        let table = try MappedTable(Self.columns, key: ["id"]) { $0.keyFormat = format }
        #expect(try table.insert(["1", "eu", "a"]).map(\.key) == [key])
    }

    @Test func topicNumbersAreFoundAmongThousands() {
        var numbers = TopicNumbers()
        let names = (0..<5000).map { "topic-\($0)" }
        func with<Result>(_ name: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
            Array(name.utf8).withUnsafeBufferPointer(body)
        }
        for (number, name) in names.enumerated() {
            #expect(with(name) { numbers.number(of: $0) } == nil)
            with(name) { numbers.insert($0, number: Int32(number)) }
        }
        #expect(names.indices.allSatisfy { index in with(names[index]) { numbers.number(of: $0) } == Int32(index) })
        with(names[7]) { numbers.insert($0, number: 9) }
        #expect(with(names[7]) { numbers.number(of: $0) } == 9, "what was noted last holds")
    }
}
