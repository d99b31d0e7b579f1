import Testing

@testable import ReplicationProtocol

@Suite struct RelationMessageTests {
    private func relations(_ name: String) throws -> [Relation] {
        try Capture.relations.decoded().compactMap { message in
            guard case .relation(let relation) = message.message, relation.name == name else { return nil }
            return relation
        }
    }

    @Test func theDefaultIdentityMarksThePrimaryKeyInTableOrder() throws {
        #expect(
            try relations("identity_default") == [
                Relation(
                    oid: try Capture.relation("identity_default"), schema: "public", name: "identity_default",
                    replicaIdentity: .default,
                    columns: [
                        .init(isKey: true, name: "id", type: OID(rawValue: 23)),
                        .init(isKey: true, name: "part", type: OID(rawValue: 21)),
                        // varchar(10) and numeric(8, 2), with the four bytes of a length word.
                        .init(isKey: false, name: "note", type: OID(rawValue: 1043), typeModifier: 10 + 4),
                        .init(isKey: false, name: "price", type: OID(rawValue: 1700), typeModifier: 8 << 16 | 2 + 4),
                    ])
            ])
    }

    @Test func noIdentityMarksNothing() throws {
        #expect(
            try relations("identity_nothing") == [
                Relation(
                    oid: try Capture.relation("identity_nothing"), schema: "public", name: "identity_nothing",
                    replicaIdentity: .nothing, columns: [.init(isKey: false, name: "id", type: OID(rawValue: 23))])
            ])
    }

    @Test func theFullIdentityMarksEveryColumnAlsoAnAddedOne() throws {
        let oid = try Capture.relation("identity_full")
        let columns: [Relation.Column] = [
            .init(isKey: true, name: "id", type: OID(rawValue: 23)),
            .init(isKey: true, name: "note", type: OID(rawValue: 25)),
        ]
        let added = Relation.Column(isKey: true, name: "added", type: OID(rawValue: 1016))
        #expect(
            try relations("identity_full")
                == [columns, columns + [added]].map {
                    Relation(oid: oid, schema: "public", name: "identity_full", replicaIdentity: .full, columns: $0)
                })
    }

    @Test func anIndexIdentityMarksTheIndexAndNotThePrimaryKey() throws {
        #expect(
            try relations("identity_index") == [
                Relation(
                    oid: try Capture.relation("identity_index"), schema: "public", name: "identity_index",
                    replicaIdentity: .index,
                    columns: [
                        .init(isKey: false, name: "id", type: OID(rawValue: 23)),
                        .init(isKey: true, name: "code", type: OID(rawValue: 25)),
                        .init(isKey: false, name: "note", type: OID(rawValue: 25)),
                    ])
            ])
    }

    @Test func namesAreAsTheCatalogSpellsThem() throws {
        let relation = try #require(try relations("Kunden \"Süd\"").first)
        #expect(relation.schema == "Sales Dept")
        #expect(relation.columns.map(\.name) == ["id", "feeling", "mail", "home"])
    }

    @Test func typesThatAreNotBuiltInAreNamedBeforeTheirRelation() throws {
        let messages = try Capture.relations.decoded().map(\.message)
        let end = try #require(
            messages.firstIndex { if case .relation(let it) = $0 { it.schema == "Sales Dept" } else { false } })
        guard case .relation(let relation) = messages[end] else { return }
        let types = messages[..<end].compactMap { if case .type(let type) = $0 { type } else { nil } }
        #expect(types.map(\.oid) == relation.columns.dropFirst().map(\.type))
        // A domain is named by the type below it, whose empty schema stands for pg_catalog.
        #expect(types.map { "\($0.schema).\($0.name)" } == ["public.mood", "pg_catalog.text", "Sales Dept.address"])
    }

    @Test func anEmptySchemaStandsForTheCatalog() throws {
        let bytes: [UInt8] = [UInt8(ascii: "R"), 0, 0, 4, 0xD2, 0] + "pg_x\0f".utf8 + [0, 0]
        #expect(
            try DecodedMessage(bytes).message
                == .relation(
                    Relation(
                        oid: OID(rawValue: 1234), schema: "pg_catalog", name: "pg_x", replicaIdentity: .full,
                        columns: [])))
    }

    @Test func anUnknownReplicaIdentityIsNamedWithItsPlace() {
        let bytes: [UInt8] = [UInt8(ascii: "R"), 0, 0, 4, 0xD2] + "s\0t\0x".utf8 + [0, 0]
        #expect(throws: ProtocolError.unexpectedByte(field: "replica identity", value: 0x78, offset: 9)) {
            try DecodedMessage(bytes)
        }
    }

    @Test func moreColumnsThanATableCanHaveAreRefused() {
        let bytes: [UInt8] = [UInt8(ascii: "R"), 0, 0, 4, 0xD2] + "s\0t\0d".utf8 + [0x06, 0x81]
        #expect(throws: ProtocolError.tooManyColumns(count: 1665)) { try DecodedMessage(bytes) }
    }

    @Test func aNameThatIsNotUTF8IsRefused() {
        let bytes: [UInt8] = [UInt8(ascii: "R"), 0, 0, 4, 0xD2, 0xFC, 0] + "t\0d".utf8 + [0, 0]
        #expect(throws: ProtocolError.invalidUTF8(field: "schema", offset: 5)) { try DecodedMessage(bytes) }
    }
}
