import Configuration
import Pipeline
import Postgres
import RowMapping
import Testing

@testable import pqcdc_kafka

@Suite struct OnlineFindingsTests {
    private func findings(_ state: DatabaseState) -> [Finding] { findings(Fixture.settings(), state) }

    private func findings(_ settings: Settings, _ state: DatabaseState) -> [Finding] {
        OnlineFindings.evaluate(settings, state, .standard)
    }

    /// The one finding that is not there in an agreeing database.
    private func only(_ state: DatabaseState) throws -> Finding { try only(Fixture.settings(), state) }

    private func only(_ settings: Settings, _ state: DatabaseState) throws -> Finding {
        let all = findings(settings, state)
        #expect(all.count == 1, "\(all)")
        return try #require(all.first)
    }

    private func table(_ change: (inout TableState) -> Void) -> DatabaseState {
        var state = Fixture.database
        change(&state.tables[RelationName(Fixture.users)]!)
        return state
    }

    @Test func aDatabaseThatAgreesHasNoFindings() {
        #expect(findings(Fixture.database).isEmpty)
    }

    @Test(arguments: [130_012, 140_000, 180_001, 190_000])
    func onlySupportedVersionsPassInSilence(_ version: Int) {
        var state = Fixture.database
        state.server.version = version
        let severities = findings(state).map(\.severity)
        #expect(severities == (version < 140_000 ? [.error] : version >= 190_000 ? [.warning] : []))
    }

    @Test func aRoleWithoutReplicationIsNamedWithItsGrant() throws {
        var state = Fixture.database
        state.role?.canReplicate = false
        let finding = try only(state)
        #expect(finding.status == .permission && finding.severity == .error)
        #expect(finding.remedy?.contains("ALTER ROLE \"cdc_user\" REPLICATION;") == true)
    }

    @Test(arguments: [(150_018, "text)"), (180_001, "text, boolean)")])
    func aRoleThatMayNotWriteHeartbeatsIsNamedWithItsGrant(version: Int, end: String) throws {
        var state = Fixture.database
        state.role?.canEmitMessages = false
        state.server.version = version
        #expect(findings(state).isEmpty)
        var settings = Fixture.settings()
        settings.cdc.heartbeatInterval = .seconds(10)
        let finding = try #require(OnlineFindings.evaluate(settings, state, .standard).first)
        #expect(finding.severity == .warning && finding.message.contains("cdc.heartbeat.interval"))
        let grant = "GRANT EXECUTE ON FUNCTION pg_logical_emit_message(boolean, text, \(end) TO \"cdc_user\";"
        #expect(finding.remedy == grant)
    }

    @Test func tablesThatCannotBeReadAreOnlyANote() throws {
        let finding = try only(table { $0.isReadable = false })
        #expect(finding.severity == .note)
        #expect(finding.remedy?.contains("GRANT SELECT ON \"public\".\"users\" TO \"cdc_user\";") == true)
    }

    @Test func aLostSlotIsAnErrorAndALaggingOneAWarning() throws {
        var state = Fixture.database
        state.slot?.walStatus = .lost
        #expect(try only(state).severity == .error)
        state.slot?.walStatus = .unreserved
        #expect(try only(state).severity == .warning)
    }

    @Test func theHolderOfTheSlotIsNamed() throws {
        var state = Fixture.database
        state.slot?.holder = SlotHolder(pid: 4711, role: "cdc_user", application: "psql")
        #expect(try only(state).message.contains("PID 4711 (application \"psql\", role \"cdc_user\")"))
    }

    @Test func aMappedTableOutsideThePublicationIsAnError() throws {
        var state = Fixture.database
        state.publication?.members = []
        state.publication?.published = []
        let finding = try only(state)
        #expect(finding.severity == .error)
        #expect(finding.remedy == "ALTER PUBLICATION \"pub\" ADD TABLE \"public\".\"users\";")
    }

    @Test(arguments: [(UnmappedAction.skip, Finding.Severity.warning), (.error, .error)])
    func aPublishedTableWithoutMappingIsJudgedByTheRule(_ action: UnmappedAction, _ severity: Finding.Severity) throws {
        var state = Fixture.database
        state.publication?.published.append(PublishedTable(RelationName(schema: "public", name: "extra")))
        #expect(try only(Fixture.settings(unmapped: action), state).severity == severity)
    }

    @Test func aPublicationThatDiffersFromTheConfigurationIsNoticed() throws {
        var state = Fixture.database
        state.publication?.operations = [.insert]
        let finding = try only(Fixture.settings(operations: [.insert, .delete]), state)
        #expect(finding.remedy == "ALTER PUBLICATION \"pub\" SET (publish = 'insert, delete');")
    }

    @Test func aMappedRootThatIsSentAsItsPartitionsIsAnError() throws {
        let leaf = RelationName(schema: "public", name: "users_1")
        var state = table {
            $0.kind = .partitionedTable
            $0.partitions = [PartitionState(leaf)]
        }
        state.publication?.published = [PublishedTable(leaf)]
        let errors = findings(state).filter { $0.severity == .error }
        #expect(errors.count == 1)
        #expect(errors.first?.remedy?.contains("publish_via_partition_root = true") == true)
    }

    @Test func aMappedPartitionThatIsSentAsItsRootIsAnError() {
        let root = RelationName(schema: "public", name: "all_users")
        var state = table { $0.partitionRoot = root }
        state.publication?.viaRoot = true
        state.publication?.published = [PublishedTable(root)]
        #expect(findings(state).contains { $0.severity == .error && $0.message.contains("as \"public.all_users\"") })
    }

    @Test func aKeyThatTheReplicaIdentityDoesNotCarryIsAnError() throws {
        let settings = Fixture.settings(mapping: [Fixture.users: TableRule(topic: "t", key: ["name"])])
        let finding = try only(settings, Fixture.database)
        #expect(finding.severity == .error)
        #expect(finding.remedy == "ALTER TABLE \"public\".\"users\" REPLICA IDENTITY FULL;")
    }

    @Test func whatPartitionAndTopicAreMadeOfMustBeCarriedToo() throws {
        var rule = TableRule(topic: "t", key: ["id"])
        rule.partition = .columns(["name"])
        let finding = try only(Fixture.settings(mapping: [Fixture.users: rule]), Fixture.database)
        #expect(finding.severity == .error && finding.message.hasPrefix("\"name\", which key, partition or topic"))
        rule.onDelete = .skip
        #expect(findings(Fixture.settings(mapping: [Fixture.users: rule]), Fixture.database).isEmpty)
    }

    @Test(arguments: [(FailureAction.deadLetter, "every DELETE goes to the dead-letter topic"), (.skip, "is skipped")])
    func deletesThatFailAndDoNotStopAreAWarning(_ action: FailureAction, _ words: String) throws {
        var rule = TableRule(topic: "t", key: ["name"])
        rule.onError = action
        let finding = try only(Fixture.settings(mapping: [Fixture.users: rule]), Fixture.database)
        #expect(finding.severity == .warning && finding.message.hasSuffix(words))
    }

    @Test func aKeyThatOnlyInsertsUseNeedsNoReplicaIdentity() {
        let settings = Fixture.settings(mapping: [Fixture.users: TableRule(topic: "t", key: ["name"])])
        var state = Fixture.database
        state.publication?.operations = [.insert]
        #expect(findings(settings, state).allSatisfy { !$0.message.contains("replica identity") })
    }

    @Test func aKeyOutsideThePublicationsColumnsIsAnError() throws {
        var state = table {
            $0.replicaIdentity = .full
            $0.replicaIdentityColumns = ["id", "name"]
        }
        state.publication?.published = [PublishedTable(RelationName(Fixture.users), columns: ["name"])]
        let finding = try only(state)
        #expect(finding.severity == .error && finding.message.contains("\"id\""))
    }

    @Test func aKeyColumnThatDoesNotExistIsAnError() throws {
        let settings = Fixture.settings(mapping: [Fixture.users: TableRule(topic: "t", key: ["Id"])])
        #expect(try only(settings, Fixture.database).message.contains("\"Id\""))
    }

    @Test func whatKeepsTheApplicationFromWritingIsAnError() throws {
        var state = table {
            $0.columns[1].isGenerated = true
            $0.replicaIdentity = .full
            $0.replicaIdentityColumns = ["id", "name"]
        }
        state.publication?.generatedColumns = .omitted
        #expect(findings(state).contains { $0.severity == .error && $0.message.contains("the generated \"name\"") })
        state.publication?.generatedColumns = .stored
        #expect(!findings(state).contains { $0.message.contains("refuses every UPDATE") })
        var filtered = Fixture.database
        filtered.publication?.members[0].filterColumns = ["name"]
        #expect(findings(filtered).contains { $0.severity == .error && $0.message.contains("the row filter asks for") })
    }

    @Test func replicaIdentityNothingStopsTheApplicationNotUs() throws {
        let finding = try only(
            table {
                $0.replicaIdentity = .nothing
                $0.replicaIdentityColumns = []
            })
        #expect(finding.severity == .error && finding.message.contains("PostgreSQL refuses every UPDATE and DELETE"))
    }

    @Test func aTableWithoutAnyKeyIsAWarning() {
        let settings = Fixture.settings(mapping: [Fixture.users: TableRule(topic: "t")])
        let state = table {
            $0.primaryKey = []
            $0.replicaIdentity = .full
            $0.replicaIdentityColumns = ["id", "name"]
        }
        #expect(findings(settings, state).map(\.severity) == [.warning])
    }

    @Test func largeValuesThatMayBeMissingAreANote() throws {
        let finding = try only(table { $0.columns[1].isToastable = true })
        #expect(finding.severity == .note && finding.message.contains("\"name\""))
    }

    @Test func aDatabaseThatIsDownDoesNotHideWhatKafkaSays() {
        let down = PostgresError(.unreachable, action: "connect", reason: "refused")
        let all = OnlineFindings.evaluate(
            Fixture.settings(), database: .failure(down), cluster: .success(TopicFindingsTests.report()),
            quoting: .standard)
        #expect(all.contains { $0.message.contains("topic \"users.0\"") })
        #expect(OnlineFindings.status(all) == .unavailable)
    }

    @Test func whatAPersonMustMendDecidesTheExitStatus() {
        let all: [Finding] = [
            .error("a", mend: nil, .unavailable), .error("b", mend: nil, .configuration),
            .error("c", mend: nil, .permission), .warning("d"),
        ]
        #expect(OnlineFindings.status(all) == .configuration)
        #expect(OnlineFindings.status([all[0], all[2]]) == .permission)
        #expect(OnlineFindings.status([all[3]]) == .success)
    }

    @Test(arguments: [
        (PostgresError(.refused, action: "a", reason: "r", sqlState: "28P01"), ExitStatus.permission),
        (PostgresError(.refused, action: "a", reason: "r", sqlState: "42501"), .permission),
        (PostgresError(.refused, action: "a", reason: "r", sqlState: "3D000"), .unavailable),
        (PostgresError(.refused, action: "a", reason: "r", sqlState: "55P03"), .unavailable),
        (PostgresError(.unreachable, action: "a", reason: "r"), .unavailable),
        (PostgresError(.unexpectedAnswer, action: "a", reason: "r"), .protocol),
    ])
    func aRefusedLogInIsAPermission(_ error: PostgresError, _ status: ExitStatus) {
        #expect(ExitStatus(error) == status)
    }
}
