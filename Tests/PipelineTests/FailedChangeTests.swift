import Observability
import ReplicationProtocol
import RowMapping
import Testing

@testable import Pipeline

/// Changes that need more than their bytes, or cannot become records at all.
@Suite struct FailedChangeTests {
    private static let counters = DaemonMetrics(registry: MetricRegistry(), version: "test")
        .table(schema: "public", name: "users")
    private static let deadTopic = 9

    /// Assembles `frames` of a table with this rule, opening what is asked for as number 3 and answering reselections
    /// with `row`.
    private static func assemble(
        _ frames: [[UInt8]], messages: [MessageRule] = [], row: [[UInt8]?]? = nil,
        asked: (Reselection) -> Void = { _ in }, _ adjust: (inout TableRule) -> Void
    ) throws -> (records: [String], failures: [FailedChanges]) {
        var assembler = BatchAssembler(
            limits: BatchLimits(records: 100, bytes: 1 << 20, ticker: .zero), messages: messages)
        assembler.deadLetter = DeadLetter(topic: deadTopic)
        let chunk = WALChunk([Frame.begin(xid: 5), Frame.relation()] + frames + [Frame.commit(end: 50)])
        var frame = 0
        while true {
            switch try assembler.assemble(chunk, from: &frame, stoppingAtBoundary: false) {
            case .consumed: return (records(assembler), assembler.takeFailures())
            case .relation(let relation):
                var rule = TableRule(topic: "t", key: ["id"])
                adjust(&rule)
                let plan = try RowPlan(
                    rule: rule, relation: relation, primaryKey: nil, topic: 0,
                    number: assembler.number(of: relation))
                assembler.install(plan, for: relation, counters: counters)
            case .topic(let name): try assembler.open(topic: name, number: 3)
            case .reselect(let reselection):
                asked(reselection)
                _ = try chunk.withFrame(frame) { try assembler.assemble($0, reselection, with: row) }
                frame += 1
            case .full, .boundary, .request, .highMark: Issue.record("none is expected here")
            }
        }
    }

    private static func records(_ assembler: borrowing BatchAssembler) -> [String] {
        (0..<assembler.batch.count).map { index in
            let record = assembler.batch[index]
            let value = UnsafeBufferPointer(
                start: assembler.batch.bytes + record.valueOffset, count: max(record.valueLength, 0))
            var text = "\(record.topic): \(String(decoding: value, as: UTF8.self))"
            var headers = HeaderReader(
                UnsafeRawBufferPointer(
                    start: assembler.batch.bytes + record.headersOffset, count: record.headersLength))
            while let header = headers.header() {
                let name = String(decoding: header.name, as: UTF8.self)
                if ["pqcdc.reason", "pqcdc.txOrdinal", "pqcdc.reselected", "pqcdc.unchangedToast"].contains(name) {
                    text += " [\(String(decoding: header.value, as: UTF8.self))]"
                }
            }
            return text
        }
    }

    /// `name` holds no date, so the number that is asked for cannot be had.
    private static let wrong = Frame.insert("x", "a")

    private static func numberKey(_ rule: inout TableRule) { rule.partition = .number("id") }

    @Test func aChangeThatFailsStopsWhereNothingElseIsDeclared() throws {
        #expect(throws: PipelineError.self) { try Self.assemble([Self.wrong], Self.numberKey) }
    }

    @Test func aChangeThatIsSkippedIsCountedAndLeavesNothingBehind() throws {
        let (records, failures) = try Self.assemble([Self.wrong, Frame.insert("2", "b"), Self.wrong]) {
            Self.numberKey(&$0)
            $0.onError = .skip
        }
        #expect(records == [#"0: {"id":2,"name":"b"}"#])
        #expect(failures.map(\.count) == [2] && failures.first?.origin == "public.users")
    }

    @Test func aChangeThatFailedBeforeANewShapeIsCountedAllTheSame() throws {
        let (_, failures) = try Self.assemble([Self.wrong, Frame.relation(), Frame.insert("2", "b")]) {
            Self.numberKey(&$0)
            $0.onError = .skip
        }
        #expect(failures.map(\.count) == [1])
    }

    @Test func aDeadLetterHoldsTheTextsAndTheReason() throws {
        let (records, failures) = try Self.assemble([Frame.insert("1", "a"), Self.wrong]) {
            Self.numberKey(&$0)
            $0.onError = .deadLetter
        }
        let reason = #"a value of column "id" of table public.users is not a partition's number"#
        #expect(
            records == [#"0: {"id":1,"name":"a"}"#, #"9: {"id":"x","name":"a"} [2] [\#(reason)]"#])
        #expect(failures.map(\.action) == [.deadLetter])
    }

    @Test func ordinalsCountEveryChangeOfTheTransaction() throws {
        let (records, _) = try Self.assemble(
            [
                Frame.insert("1", "a"), Frame.relation(oid: 2, name: "others"), Frame.insert(oid: 2, "5", "b"),
                Frame.message("nobody", "x"), Frame.message("app", "x"), Frame.insert("3", "c"),
            ], messages: [MessageRule(prefix: "app", topic: "m", headers: HeaderRule.standard)]
        ) { $0.headers = HeaderRule.standard }
        #expect(
            records == [
                #"0: {"id":1,"name":"a"} [1]"#, #"0: {"id":5,"name":"b"} [2]"#,
                #"3: {"prefix":"app","content":"x"} [4]"#, #"0: {"id":3,"name":"c"} [5]"#,
            ])
    }

    @Test func aTopicThatARowAsksForIsOpenedAndTheRowDoneAgain() throws {
        let (records, _) = try Self.assemble([Frame.insert("1", "a"), Frame.insert("2", "b")]) {
            $0.topic = (try? Template.parse("t.{column:name}")) ?? "none"
        }
        #expect(records == [#"3: {"id":1,"name":"a"}"#, #"3: {"id":2,"name":"b"}"#])
    }

    @Test func anUnchangedValueIsReadByTheRowsIdentity() throws {
        var questions: [String] = []
        func note(_ question: Reselection) {
            let key = question.key.map { "\($0.column)=\(String(decoding: $0.value, as: UTF8.self))" }
            questions.append("\(question.columns) of \(question.table) where \(key)")
        }
        let (records, _) = try Self.assemble([Frame.update("7", nil)], row: [Array("read".utf8)], asked: note) {
            $0.unchangedTOAST = .reselect
        }
        #expect(questions == [#"["name"] of public.users where ["id=7"]"#])
        #expect(records == [#"0: {"id":7,"name":"read"} [["name"]]"#])
    }

    @Test(arguments: [
        ([nil] as [[UInt8]?]?, #"0: {"id":7,"name":null} [["name"]]"#), (nil, #"0: {"id":7} [["name"]]"#),
    ])
    func aValueThatHasBecomeNullIsNullAndOneThatIsGoneIsLeftOut(row: [[UInt8]?]?, record: String) throws {
        let (records, _) = try Self.assemble([Frame.update("7", nil)], row: row) { $0.unchangedTOAST = .reselect }
        #expect(records == [record])
    }

    @Test func aMessageThatIsNotWhatItsRuleSaysFails() throws {
        var rule = MessageRule(prefix: "app*", topic: "m", content: .json)
        #expect(throws: PipelineError.self) {
            try Self.assemble([Frame.message("app.x", "{")], messages: [rule]) { _ in }
        }
        rule.onError = .deadLetter
        let (records, failures) = try Self.assemble([Frame.message("app.x", "{")], messages: [rule]) { _ in }
        #expect(
            records == [
                #"9: {"prefix":"app.x"} [1] [the content of a logical message with prefix "app.x" is not JSON]"#
            ])
        #expect(failures.map(\.origin) == ["messages"])
    }

    @Test func theDaemonsOwnMessagesAreNoRecordsWhateverTheRules() throws {
        let rules = ["*", "pqcdc.heartbeat"].map { MessageRule(prefix: $0, topic: "m") }
        let (records, _) = try Self.assemble(
            [Frame.begin(), Frame.message("pqcdc.heartbeat", ""), Frame.message("app", "x"), Frame.commit(end: 50)],
            messages: rules
        ) { _ in }
        #expect(records.count == 1)
    }
}
