import Pipeline
import ReplicationProtocol
import RowMapping
import Testing

// Testing has an ExitStatus too.
private typealias Status = Pipeline.ExitStatus

@Suite struct RecoveryPolicyTests {
    /// What a decision comes to: nil is another attempt.
    private func status(_ error: PipelineError) -> Status? {
        switch RecoveryPolicy.decide(error) {
        case .retry: return nil
        case .stop(let status, let advice):
            // One sentence, for whoever must act.
            #expect(status == .success || !advice.isEmpty)
            return status
        }
    }

    @Test(
        "What PostgreSQL refuses for good ends the process, what passes does not",
        arguments: [(String?, Pipeline.ExitStatus?)]([
            (nil, nil),
            ("28P01", .permission), ("28000", .permission), ("42501", .permission),
            ("3D000", .unavailable), ("42704", .unavailable), ("58P01", .unavailable), ("55000", .unavailable),
            ("0A000", .unavailable), ("42601", .unavailable), ("42P01", .unavailable), ("22023", .unavailable),
            // Too many connections, shutdowns, crash recovery, a slot in use, a lost connection, a full disk, internal.
            ("53300", nil), ("57P01", nil), ("57P02", nil), ("57P03", nil), ("55006", nil), ("08006", nil),
            ("53100", nil), ("XX000", nil), ("57014", nil),
        ]))
    func sqlStates(state: String?, expected: Pipeline.ExitStatus?) {
        #expect(status(.source(SourceFailure("x", sqlState: state))) == expected)
    }

    @Test(
        "What a statement means that another session's end makes fail is another attempt, whatever its SQLSTATE",
        arguments: [
            // Of importing a snapshot whose session is gone: PostgreSQL 14 and 15; 16 and later; while it goes.
            "22023", "42704", "55000",
            // Of another database behind a pooler; a transaction that has failed; whatever comes to a server's mind.
            "0A000", "25P02", "25001", "42601", "42501", "58P01", "XX000",
        ])
    func aBrokenHelperIsAnotherAttempt(state: String) {
        #expect(status(.source(SourceFailure("x", sqlState: state, statement: .borrowing))) == nil)
    }

    @Test(
        "The same SQLSTATE ends the process or does not, by what was asked",
        arguments: [(String, SourceFailure.Statement, Pipeline.ExitStatus?)]([
            ("42704", .replication, .unavailable), ("42704", .catalog, nil), ("42704", .rows, .unavailable),
            ("22023", .replication, .unavailable), ("22023", .catalog, nil), ("22012", .rows, .unavailable),
            ("42P01", .replication, .unavailable), ("42P01", .catalog, nil), ("42P01", .rows, nil),
            ("42703", .rows, nil), ("3F000", .rows, nil), ("21000", .rows, .data), ("21000", .catalog, nil),
            ("42883", .catalog, .unavailable), ("42883", .rows, .unavailable), ("42601", .catalog, .unavailable),
            ("55000", .replication, .unavailable), ("55000", .catalog, nil), ("55000", .rows, .unavailable),
            ("58P01", .replication, .unavailable), ("58P01", .catalog, nil), ("58P01", .rows, nil),
            ("0A000", .catalog, nil), ("25P02", .rows, nil), ("40001", .rows, nil), ("55P03", .rows, nil),
            // Who may not log in, or may not read, may not do so later either.
            ("28P01", .catalog, .permission), ("28000", .rows, .permission), ("42501", .catalog, .permission),
            ("3D000", .rows, .unavailable),
        ]))
    func sqlStatesByStatement(state: String, statement: SourceFailure.Statement, expected: Pipeline.ExitStatus?) {
        #expect(status(.source(SourceFailure("x", sqlState: state, statement: statement))) == expected)
    }

    @Test(
        "What Kafka refuses for good ends the process, what passes does not",
        arguments: [(Int32, Pipeline.ExitStatus?)]([
            (10, .data), (18, .data), (32, .data), (87, .data), (-190, .data),
            (50, .configuration), (76, .configuration), (35, .unavailable), (-165, .unavailable), (44, .unavailable),
            (17, .configuration), (-186, .configuration),
            (3, .unavailable), (-188, .unavailable),
            (29, .permission), (30, .permission), (31, .permission), (53, .permission), (58, .permission),
            (-169, .permission),
            // All brokers down, transport, timed out, not leader, too few replicas, out of order, fatal, unknown.
            (-187, nil), (-195, nil), (-185, nil), (6, nil), (19, nil), (45, nil), (-150, nil), (-1, nil),
            // Fenced: by whoever has the slot now.
            (-144, nil), (90, nil), (47, nil),
        ]))
    func kafkaCodes(code: Int32, expected: Pipeline.ExitStatus?) {
        #expect(status(.sink(SinkFailure("x", code: code))) == expected)
    }

    @Test(arguments: [
        (SinkRefusal.Kind.tooLarge, "onOversize"), (.noSuchPartition, "onError"), (.withoutKey, "onError"),
        (.untimely, "message.timestamp.before.max.ms"),
    ])
    func aRecordThatStopsIsNamedWithTheKeyThatDecides(kind: SinkRefusal.Kind, key: String) {
        let error = PipelineError.refused(
            RefusedRecord(
                origin: "public.users", isMessage: false, lsn: LSN("0/10")!,
                refusal: SinkRefusal(kind, SinkFailure("x", code: 10))))
        #expect("\(error)".contains("change of table public.users at 0/10: x"))
        guard case .stop(.data, let advice) = RecoveryPolicy.decide(error) else {
            Issue.record("it must stop")
            return
        }
        #expect(advice.contains(key) && advice.contains("rule for public.users in mapping.tables"), "\(advice)")
    }

    @Test(
        "A state topic that is gone is told from a topic of records, and so is its advice",
        arguments: [3, 100, -188, -190])
    func theStateTopicIsMissing(code: Int32) {
        let failure = SinkFailure("x", code: code)
        guard case .stop(let code, let advice) = RecoveryPolicy.decide(PipelineError(stateTopic: "s", failure)) else {
            Issue.record("it must stop")
            return
        }
        #expect(code == .unavailable && advice.contains("kafka.stateTopic") && !advice.contains("partition"))
        guard case .sink(failure) = PipelineError(stateTopic: nil, failure) else {
            Issue.record("a topic of records is none of positions")
            return
        }
    }

    @Test(
        "A server, slot or publication that does not fit is for a person",
        arguments: [
            SourceProblem.unsupportedServer(version: "13.1"), .walLevel("replica"),
            .missingPublication("p", slot: "s", confirmedFlush: nil, current: nil), .missingSlot("s"),
            .slotOfOtherPlugin("s", plugin: "test_decoding"), .slotOfOtherDatabase("s", database: "d"),
            .physicalSlot("s"), .standby(version: "15.1"), .twoPhaseSlot("s", canBeAltered: true), .temporarySlot("s"),
            .syncedSlot("s"), .publicationIsYounger("p", slot: "s", skips: false),
            .slotLost("s", reason: "wal_removed"),
        ])
    func problemsOfTheSource(problem: SourceProblem) {
        #expect(status(.unfit(problem)) == .unavailable)
    }

    @Test func theAdviceOnAMissingPublicationNamesTheGap() {
        let problem = SourceProblem.missingPublication(
            "p", slot: "s", confirmedFlush: LSN("0/10"), current: LSN("0/30"))
        guard case .stop(_, let advice) = RecoveryPolicy.decide(.unfit(problem)) else {
            Issue.record("it must stop")
            return
        }
        #expect(advice.contains("from 0/10 to 0/30 (32 bytes)") && advice.contains("pg_replication_slot_advance('s'"))
    }

    @Test func aNameThatMayBeMistypedIsNoReasonToAdvanceTheSlot() {
        let problem = SourceProblem.missingPublication(
            "pubb", slot: "s", confirmedFlush: LSN("0/10"), current: LSN("0/30"), others: ["pub"])
        #expect("\(problem)" == "publication \"pubb\" does not exist (there is \"pub\")")
        let advice = RecoveryPolicy.advice(problem)
        #expect(advice.contains("correct cdc.publication.name") && !advice.contains("advance"), "\(advice)")
    }

    @Test(arguments: [
        (SourceProblem.missingSlot("s", gap: WALRange(from: LSN("0/10")!, to: LSN("0/30")!)), "creates no slot"),
        (.slotLost("s", reason: "wal_removed", gap: WALRange(from: LSN("0/10")!, to: LSN("0/30")!)), "creates no slot"),
    ])
    func aSlotThatIsGoneIsNamedWithTheGap(problem: SourceProblem, advice: String) {
        #expect("\(problem)".hasSuffix("what was committed from 0/10 to 0/30 (32 bytes of WAL) is not sent"))
        guard case .stop(_, let text) = RecoveryPolicy.decide(.unfit(problem)) else {
            Issue.record("it must stop")
            return
        }
        #expect(text.contains("onGap: accept") && text.contains(advice), "\(text)")
    }

    @Test func aPositionAtOrBeyondTheEndOfTheWALIsNoGap() {
        #expect(WALRange(from: LSN(rawValue: 2), to: LSN(rawValue: 2)) == nil)
        #expect(WALRange(from: LSN(rawValue: 3), to: LSN(rawValue: 2)) == nil)
    }

    private static let table = TableName(schema: "public", name: "users")

    @Test(
        "A change that cannot become a record ends the process and is never skipped",
        arguments: [(MappingError, Pipeline.ExitStatus)]([
            (.unknownKeyColumns(["a"], table: table), .data),
            (.keyNotInReplicaIdentity(["a"], table: table), .data),
            (.keyNotSent(column: "a", table: table), .data),
            (.malformedValue(column: "a", type: "x", table: table), .data),
            (.columnCountMismatch(table: table, relation: 1, tuple: 2), .protocol),
            (.unexpectedBinary(column: "a", table: table), .protocol),
            (.unknownRelation(oid: 1), .protocol),
            (.unmappedTable(table), .configuration),
        ]))
    func mappingErrors(error: MappingError, expected: Pipeline.ExitStatus) {
        #expect(status(.mapping(error, at: LSN(rawValue: 1))) == expected)
    }

    @Test func theOtherErrors() {
        #expect(status(.malformedStream(.unknownFrame(kind: 1), at: .zero)) == .protocol)
        #expect(status(.topicMissing("t")) == .unavailable)
        let expired = PipelineError.transactionExpired(
            SinkFailure("x", code: -144), open: .seconds(61), timeout: .seconds(60))
        #expect(status(expired) == nil)
        #expect(!"\(expired)".contains("instance"))
        #expect(status(.stopTimedOut(undelivered: 3)) == .unavailable)
        #expect(status(.stopped) == .success)
    }
}
