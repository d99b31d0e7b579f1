import Configuration
import Postgres
import ReplicationProtocol
import RowMapping
import Testing

@testable import pqcdc_kafka

@Suite struct SetupPlanTests {
    private func plan(
        _ settings: Settings, _ state: DatabaseState, _ request: SetupRequest = SetupRequest()
    ) throws -> SetupPlan {
        try SetupPlan(settings, state, request, quoting: .standard)
    }

    private func plan(_ state: DatabaseState, _ request: SetupRequest = SetupRequest()) throws -> SetupPlan {
        try plan(Fixture.settings(), state, request)
    }

    private func sql(_ plan: SetupPlan) -> [String] { plan.steps.map { "\($0.statement)" } }

    @Test func aDatabaseThatAgreesNeedsNothing() throws {
        #expect(try plan(Fixture.database).steps.isEmpty)
    }

    @Test func theSlotIsMadeLastAndAfterThePublication() throws {
        var request = SetupRequest()
        request.createsRole = true
        let settings = Fixture.settings(tables: [Fixture.table(identity: .full)])
        #expect(
            sql(try plan(settings, Fixture.bareDatabase, request)) == [
                "CREATE ROLE \"cdc_user\" WITH LOGIN REPLICATION PASSWORD '***';",
                "GRANT CONNECT ON DATABASE \"db\" TO \"cdc_user\";",
                "ALTER TABLE \"public\".\"users\" REPLICA IDENTITY FULL;",
                "CREATE PUBLICATION \"pub\" FOR TABLE \"public\".\"users\" WITH (publish = 'insert, update, delete');",
                "SET lock_timeout = 0;",
                "SELECT pg_catalog.pg_create_logical_replication_slot('slot', 'pgoutput');",
            ])
    }

    @Test func whatIsMadeCanBeUndone() throws {
        let steps = try plan(Fixture.settings(tables: [Fixture.table(identity: .full)]), Fixture.bareDatabase).steps
        #expect(
            steps.map { $0.undo?.sql } == [
                "ALTER TABLE \"public\".\"users\" REPLICA IDENTITY DEFAULT",
                "DROP PUBLICATION IF EXISTS \"pub\"",
                nil,
                "SELECT pg_catalog.pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots "
                    + "WHERE slot_name OPERATOR(pg_catalog.=) 'slot'",
            ])
    }

    @Test func aPasswordIsSentAndNeverShown() throws {
        var request = SetupRequest()
        request.createsRole = true
        request.passwordLiteral = Secret("'SCRAM-SHA-256$x'")
        let step = try #require(try plan(Fixture.bareDatabase, request).steps.first)
        #expect(step.statement.sql.hasSuffix("PASSWORD 'SCRAM-SHA-256$x'"))
        #expect(!"\(step)".contains("SCRAM"))
    }

    @Test func namesAreQuoted() throws {
        let odd = TableName(schema: "Odd\"S", name: "a b")
        var state = Fixture.database
        state.publication?.members = []
        var table = Fixture.usersState
        table.relation = RelationName(odd)
        state.tables = [RelationName(odd): table]
        let settings = Fixture.settings(mapping: [odd: TableRule(topic: "t")])
        #expect(sql(try plan(settings, state)) == ["ALTER PUBLICATION \"pub\" ADD TABLE \"Odd\"\"S\".\"a b\";"])
    }

    @Test func aTableThatOnlyTheMappingLeavesOutIsNeverDropped() throws {
        var state = Fixture.database
        state.publication?.members.append(PublishedTable(RelationName(schema: "public", name: "shared")))
        let plan = try plan(state)
        #expect(plan.steps.isEmpty)
        #expect(plan.notes.contains { $0.contains("DROP TABLE \"public\".\"shared\"") })
    }

    @Test func aTableThatTheListLeavesOutIsDropped() throws {
        var state = Fixture.database
        state.publication?.members.append(PublishedTable(RelationName(schema: "public", name: "old"), columns: ["a"]))
        let step = try #require(try plan(Fixture.settings(tables: [Fixture.table()]), state).steps.first)
        #expect("\(step.statement)" == "ALTER PUBLICATION \"pub\" DROP TABLE \"public\".\"old\";")
        #expect(step.undo?.sql == "ALTER PUBLICATION \"pub\" ADD TABLE \"public\".\"old\" (\"a\")")
    }

    @Test func aColumnListChangesWithoutAMomentUnpublished() throws {
        var state = Fixture.database
        state.publication?.members = [
            PublishedTable(RelationName(Fixture.users), columns: ["id"], rowFilter: "(id > 3)")
        ]
        state.publication?.schemas = ["s"]
        let settings = Fixture.settings(tables: [Fixture.table(columns: ["id", "name"])])
        #expect(
            sql(try plan(settings, state)) == [
                "ALTER PUBLICATION \"pub\" SET TABLE \"public\".\"users\" (\"id\", \"name\") WHERE ((id > 3)), "
                    + "TABLES IN SCHEMA \"s\";"
            ])
    }

    @Test func operationsThatAreNotStatedAreLeft() throws {
        var state = Fixture.database
        state.publication?.operations = [.insert]
        #expect(try plan(state).steps.isEmpty)
        #expect(
            sql(try plan(Fixture.settings(operations: [.delete, .insert]), state)) == [
                "ALTER PUBLICATION \"pub\" SET (publish = 'insert, delete');"
            ])
    }

    @Test func allTablesAreLeftAsTheyAre() throws {
        var state = Fixture.database
        state.publication?.allTables = true
        state.publication?.members = []
        let plan = try plan(state)
        #expect(plan.steps.isEmpty && plan.notes.contains { $0.contains("FOR ALL TABLES") })
    }

    @Test func aPartitionedTableIsPublishedUnderItsOwnName() throws {
        var state = Fixture.database
        state.tables[RelationName(Fixture.users)]?.kind = .partitionedTable
        #expect(
            sql(try plan(state)) == ["ALTER PUBLICATION \"pub\" SET (publish_via_partition_root = true);"])
    }

    @Test func partitionsGetTheReplicaIdentityThemselves() throws {
        var state = Fixture.database
        state.tables[RelationName(Fixture.users)]?.replicaIdentity = .full
        state.tables[RelationName(Fixture.users)]?.partitions = [
            PartitionState(RelationName(schema: "public", name: "users_1"), replicaIdentity: .full),
            PartitionState(RelationName(schema: "public", name: "users_2")),
        ]
        let settings = Fixture.settings(tables: [Fixture.table(identity: .full)])
        #expect(sql(try plan(settings, state)) == ["ALTER TABLE \"public\".\"users_2\" REPLICA IDENTITY FULL;"])
    }

    @Test func aSlotOlderThanThePublicationIsAdvancedOnlyWhenAsked() throws {
        var state = Fixture.database
        state.publication = nil
        let asked = SetupRequest(advancesSlot: true)
        let advance = "SELECT pg_catalog.pg_replication_slot_advance('slot', pg_catalog.pg_current_wal_lsn());"
        #expect(!sql(try plan(state)).contains(advance))
        #expect(
            try plan(state).notes.contains { $0.contains("from 0/100 to 0/300 (512 bytes") && $0.contains(advance) })
        #expect(sql(try plan(Fixture.settings(), state, asked)).last == advance)
    }

    @Test func onlyWhatIsMissingIsMadeForTheDaemon() throws {
        var state = Fixture.database
        state.slot = nil
        state.publication?.members = []
        let request = SetupRequest(createsOnly: true)
        #expect(
            sql(try plan(Fixture.settings(), state, request)) == [
                "SET lock_timeout = 0;",
                "SELECT pg_catalog.pg_create_logical_replication_slot('slot', 'pgoutput');",
            ])
    }

    @Test(arguments: [
        ReplicationSlotState(name: "slot", plugin: "wal2json", database: "db"),
        ReplicationSlotState(name: "slot", plugin: "pgoutput", database: "other"),
        ReplicationSlotState(name: "slot", plugin: nil, isLogical: false, database: nil),
        ReplicationSlotState(name: "slot", plugin: "pgoutput", database: "db", walStatus: .lost),
    ])
    func aSlotThatCannotBeOursIsRefused(_ slot: ReplicationSlotState) {
        var state = Fixture.bareDatabase
        state.slot = slot
        #expect(throws: SetupRefusal.self) { try plan(state) }
    }

    @Test func whatCannotBePublishedIsRefusedBeforeTheFirstChange() {
        var unlogged = Fixture.bareDatabase
        unlogged.tables[RelationName(Fixture.users)]?.isPermanent = false
        var missing = Fixture.bareDatabase
        missing.tables = [:]
        var replica = Fixture.bareDatabase
        replica.server.walLevel = "replica"
        for state in [unlogged, missing, replica] {
            #expect(throws: SetupRefusal.self) { try plan(state) }
        }
    }

    private func refusals(
        _ settings: Settings = Fixture.settings(), version: Int = 180_001, _ change: (inout TableState) -> Void
    ) -> [String] {
        var state = Fixture.bareDatabase
        state.server.version = version
        change(&state.tables[RelationName(Fixture.users)]!)
        do {
            _ = try plan(settings, state)
            return []
        } catch {
            return (error as? SetupRefusal)?.reasons ?? ["\(error)"]
        }
    }

    private static func generate(_ table: inout TableState) {
        table.columns[1].isGenerated = true
        table.replicaIdentity = .full
        table.replicaIdentityColumns = ["id", "name"]
    }

    @Test func aGeneratedColumnOfTheIdentityIsNeverPublishedAway() throws {
        let refused = refusals { Self.generate(&$0) }
        #expect(refused.count == 1 && refused[0].contains("the generated \"name\""), "\(refused)")
        #expect(refusals(version: 170_005) { Self.generate(&$0) }.isEmpty)
        var settings = Fixture.settings()
        settings.cdc.publication.generatedColumns = .stored
        #expect(refusals(settings) { Self.generate(&$0) }.isEmpty)
        let old = refusals(settings, version: 170_005) { _ in }
        #expect(old.count == 1 && old[0].contains("needs PostgreSQL 18"), "\(old)")
        let virtual = refusals(settings) {
            Self.generate(&$0)
            $0.columns[1].isVirtual = true
        }
        #expect(virtual.count == 1 && virtual[0].contains("virtual"), "\(virtual)")
    }

    @Test func whatTheApplicationCouldNotChangeAnyMoreIsNotPublished() {
        let without = refusals {
            $0.primaryKey = []
            $0.replicaIdentityColumns = []
        }
        #expect(without.count == 1 && without[0].contains("no replica identity"), "\(without)")
        // Inserts ask for none.
        #expect(
            refusals(Fixture.settings(operations: [.insert])) {
                $0.primaryKey = []
                $0.replicaIdentityColumns = []
            }.isEmpty)
        let list = refusals(Fixture.settings(tables: [Fixture.table(columns: ["name"])])) { _ in }
        #expect(list.count == 1 && list[0].contains("leaves out \"id\""), "\(list)")
        let full = refusals(Fixture.settings(tables: [Fixture.table(columns: ["id"])])) {
            $0.replicaIdentity = .full
            $0.replicaIdentityColumns = ["id", "name"]
        }
        #expect(full.count == 1 && full[0].contains("does not go with a column list"), "\(full)")
    }

    @Test func generatedColumnsAreSentBeforeAnIdentityThatNeedsThem() throws {
        var settings = Fixture.settings(tables: [Fixture.table(identity: .full)])
        settings.cdc.publication.generatedColumns = .stored
        var state = Fixture.database
        state.server.version = 180_001
        state.publication?.generatedColumns = .omitted
        state.tables[RelationName(Fixture.users)]?.columns[1].isGenerated = true
        let statements = sql(try plan(settings, state))
        #expect(
            statements == [
                "BEGIN;", "ALTER PUBLICATION \"pub\" SET (publish_generated_columns = stored);",
                "ALTER TABLE \"public\".\"users\" REPLICA IDENTITY FULL;", "COMMIT;",
            ])
    }

    @Test("A published table never has the new replica identity beside the old column list, nor when that is undone")
    func identityAndPublicationChangeTogether() throws {
        var state = Fixture.database
        state.publication?.members[0].columns = ["id"]
        let steps = try plan(Fixture.settings(tables: [Fixture.table(identity: .full)]), state).steps
        #expect(
            steps.map { "\($0.statement)" } == [
                "BEGIN;", "ALTER TABLE \"public\".\"users\" REPLICA IDENTITY FULL;",
                "ALTER PUBLICATION \"pub\" SET TABLE \"public\".\"users\";", "COMMIT;",
            ])
        #expect(
            steps.reversed().map { $0.undo?.sql } == [
                "BEGIN", "ALTER PUBLICATION \"pub\" SET TABLE \"public\".\"users\" (\"id\")",
                "ALTER TABLE \"public\".\"users\" REPLICA IDENTITY DEFAULT", "COMMIT",
            ])
    }

    @Test("The columns of an index that is to be the replica identity are known before anything is changed")
    func anIndexIsLookedAtFirst() throws {
        let settings = Fixture.settings(tables: [Fixture.table(identity: .index("by_name"), columns: ["id"])])
        var state = Fixture.bareDatabase
        func reasons() -> [String] {
            do { return try plan(settings, state).steps.isEmpty ? ["nothing"] : [] } catch {
                return (error as? SetupRefusal)?.reasons ?? ["\(error)"]
            }
        }
        #expect(reasons().count == 1 && reasons()[0].contains("has no index \"by_name\""), "\(reasons())")
        state.tables[RelationName(Fixture.users)]?.identityIndexes = ["by_name": ["name"]]
        #expect(reasons().count == 1 && reasons()[0].contains("leaves out \"name\""), "\(reasons())")
        state.tables[RelationName(Fixture.users)]?.identityIndexes = ["by_name": ["id"]]
        #expect(reasons().isEmpty, "\(reasons())")
    }

    @Test func patternsAloneMakeNoPublication() throws {
        let settings = Fixture.settings(mapping: [:], patterns: [Fixture.pattern("*")])
        let refusal = try #require(throws: SetupRefusal.self) { try plan(settings, Fixture.bareDatabase) }
        #expect(refusal.reasons.count == 1 && refusal.reasons[0].contains("list them in cdc.publication.tables"))
        let daemon = SetupRequest(createsOnly: true)
        #expect(throws: SetupRefusal.self) { try plan(settings, Fixture.bareDatabase, daemon) }
        let listed = Fixture.settings(
            tables: [Fixture.table()], mapping: [:], patterns: [Fixture.pattern("*")])
        #expect(sql(try plan(listed, Fixture.bareDatabase)).count == 3)
    }

    @Test func patternsAloneAreEnoughForAPublicationThatIsThere() throws {
        let settings = Fixture.settings(mapping: [:], patterns: [Fixture.pattern("users")])
        let present = try plan(settings, Fixture.database)
        #expect(present.steps.isEmpty && present.notes.isEmpty, "\(present)")
    }

    @Test func tablesThatOnlyAPatternNamesAreNotAdded() throws {
        let settings = Fixture.settings(patterns: [Fixture.pattern("orders")])
        let plan = try plan(settings, Fixture.bareDatabase)
        #expect(sql(plan).first?.contains("FOR TABLE \"public\".\"users\" WITH") == true)
        #expect(plan.notes.contains { $0.contains("\"*.orders\"") && $0.contains("cdc.publication.tables") })
    }

    @Test func anActiveSlotIsNotDropped() {
        var state = Fixture.database
        state.slot?.holder = SlotHolder(pid: 4711)
        #expect(throws: SetupRefusal.self) { try DropPlan.make(Fixture.settings(), state, quoting: .standard) }
    }

    @Test func theSlotIsDroppedBeforeThePublication() throws {
        let steps = try DropPlan.make(Fixture.settings(), Fixture.database, quoting: .standard)
        #expect(
            steps.map { "\($0.statement)" } == [
                "SELECT pg_catalog.pg_drop_replication_slot('slot');", "DROP PUBLICATION \"pub\";",
            ])
    }
}
