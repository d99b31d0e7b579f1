import Configuration
import Pipeline
import Postgres
import ReplicationProtocol
import RowMapping
import Testing

@testable import pqcdc_kafka

@Suite struct SnapshotFindingsTests {
    private static let users = RelationName(Fixture.users)

    private static func leaf(
        _ name: String = "users", kind: TableState.Kind = .table, isReadable: Bool = true, hidesRows: Bool = false,
        primaryKey: [String] = ["id"]
    ) -> SnapshotTable {
        SnapshotTable(
            relation: Relation(
                oid: OID(rawValue: 1), schema: "public", name: "users", replicaIdentity: .default, columns: []),
            leaf: RelationName(schema: "public", name: name), leafOID: OID(rawValue: 1), kind: kind,
            isReadable: isReadable, hidesRows: hidesRows, primaryKey: primaryKey, fileNode: OID(rawValue: 1), pages: 1,
            byteCount: 8192, estimatedRows: 1)
    }

    private func findings(
        _ leaves: [SnapshotTable]? = [leaf()], mode: SnapshotSettings.Mode = .initial, problem: String? = nil,
        freeSlots: Int = 3, freeSenders: Int = 3, name: RelationName = users,
        change: (inout DatabaseState) -> Void = { _ in }
    ) -> [String] {
        var state = Fixture.database
        state.snapshot = SnapshotState(
            tables: [SnapshotState.Table(name: name, leaves: leaves, conditionProblem: problem)],
            capacity: ReplicationCapacity(freeSlots: freeSlots, freeSenders: freeSenders))
        change(&state)
        let settings = Fixture.settings(snapshot: SnapshotSettings(mode: mode))
        return SnapshotFindings.evaluate(settings, state, .standard).map(\.description)
    }

    @Test func aTableThatCanBeReadIsNoFinding() {
        #expect(findings() == [])
        #expect(findings(mode: .snapshotOnly, freeSlots: 0, freeSenders: 0) == [])
        #expect(findings(nil, mode: .never) == [])
    }

    @Test func everyRefusalNamesItsTableAndWhatMendsIt() {
        #expect(
            findings([Self.leaf(isReadable: false)]) == [
                """
                error: role "cdc_user" cannot read "public.users", as a snapshot does
                    GRANT USAGE ON SCHEMA "public" TO "cdc_user"; GRANT SELECT ON "public"."users" TO "cdc_user";
                """
            ])
        #expect(
            findings([Self.leaf(hidesRows: true)]) == [
                """
                error: row-level security may hide rows of "public.users" from role "cdc_user", and a snapshot reads no table that hides some
                    ALTER ROLE "cdc_user" BYPASSRLS;
                """
            ])
        #expect(
            findings([Self.leaf("users_old", kind: .foreignTable), Self.leaf("users_new")]) == [
                """
                error: "public.users_old" is a foreign table, a partition of "public.users": a snapshot cannot read it page by page
                    take "public.users" out of cdc.snapshot.tables, or name the tables that there are
                """
            ])
        #expect(findings(problem: "column \"x\" does not exist")[0].contains(#"is refused: column "x" does not exist"#))
        #expect(findings(nil, mode: .snapshotOnly)[0].hasPrefix(#"error: table "public.users" does not exist"#))
    }

    @Test func updatesThatAreNotSentCannotMakeUpForAnInterruption() {
        let initial = findings { $0.publication?.operations = [.insert] }
        #expect(initial.count == 1 && initial[0].contains("sends no UPDATEs"))
        let only = findings(mode: .snapshotOnly) { $0.publication?.operations = [.insert] }
        #expect(only == [])
    }

    @Test func aTableThatIsNotPublishedCannotBeFollowed() {
        let other = RelationName(schema: "public", name: "other")
        #expect(findings(name: other)[0].contains("is not sent by publication \"pub\""))
        // Of a table that the mapping names, the findings on the publication say so.
        #expect(findings { $0.publication?.published = [] } == [])
        #expect(findings(nil) == [])
    }

    @Test func theTemporarySlotNeedsRoom() {
        #expect(findings(freeSlots: 0)[0].contains("0 of max_replication_slots (5) are free"))
        #expect(findings(freeSlots: 1) == [])
        #expect(findings(freeSlots: 1) { $0.slot = nil }.count == 1)
        #expect(findings(freeSenders: 1)[0].contains("1 of max_wal_senders (5) are free"))
        // The daemon streams already, so only the snapshot's is wanted.
        #expect(findings(freeSenders: 1) { $0.slot?.holder = SlotHolder(pid: 7) } == [])
    }

    @Test func withoutAPrimaryKeyRowsCanComeTwice() {
        #expect(findings([Self.leaf(primaryKey: [])])[0].hasPrefix("note: table \"public.users\" has no primary key"))
    }

    @Test func aStandbyMayCancelIt() {
        #expect(findings { $0.server.isInRecovery = true }[0].contains("max_standby_streaming_delay"))
    }

    @Test func snapshotOnlyAsksForNothingThatStreamingNeeds() {
        var state = Fixture.bareDatabase
        state.server.walLevel = "replica"
        state.snapshot = SnapshotState(
            tables: [SnapshotState.Table(name: Self.users, leaves: [Self.leaf()], conditionProblem: nil)],
            capacity: ReplicationCapacity(freeSlots: 0, freeSenders: 0))
        let settings = Fixture.settings(snapshot: SnapshotSettings(mode: .snapshotOnly))
        #expect(OnlineFindings.evaluate(settings, state, .standard) == [])
    }

    @Test func setupNamesTheGrantThatASnapshotNeeds() throws {
        for mode in SnapshotSettings.Mode.allCases {
            let settings = Fixture.settings(snapshot: SnapshotSettings(mode: mode))
            let plan = try SetupPlan(settings, Fixture.database, SetupRequest(), quoting: .standard)
            let grant = #"GRANT SELECT ON "public"."users" TO "cdc_user";"#
            #expect(plan.notes.contains { $0.contains(grant) } == (mode != .never))
            if mode == .snapshotOnly { #expect(plan.steps == []) }
        }
    }

    @Test func theTablesAreThoseThatAreNamedOrElsePublishedAndMapped() {
        let others = TableName(schema: "public", name: "others")
        var publication = Fixture.publication
        publication.published.append(PublishedTable(RelationName(others)))
        func tables(_ mode: SnapshotSettings.Mode, _ named: [TableName] = []) -> [RelationName] {
            Fixture.settings(snapshot: SnapshotSettings(mode: mode, tables: named)).snapshotTables(publication)
        }
        #expect(tables(.never, [others]) == [])
        #expect(tables(.initial) == [Self.users])
        #expect(tables(.initial, [others]) == [RelationName(others)])
        #expect(tables(.snapshotOnly) == [Self.users])
    }
}
