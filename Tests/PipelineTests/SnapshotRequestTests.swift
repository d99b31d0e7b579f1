import ReplicationProtocol
import RowMapping
import Testing

@testable import Pipeline

@Suite struct SnapshotRequestTests {
    @Test(
        arguments: [
            (#"{"table":"public.orders"}"#, "public", "orders", nil),
            (#"{"table": "orders", "where": "id > 1"}"#, "public", "orders", "id > 1"),
            (
                #"{"where":"note = 'ü\\'","table":"\"My.Schema\".\"T\"\"x\"","later":[1]}"#, "My.Schema", "T\"x",
                "note = 'ü\\'"
            ),
        ] as [(String, String, String, String?)])
    func aRequestIsReadFromItsMessage(_ json: String, _ schema: String, _ name: String, _ condition: String?) throws {
        let request = try SnapshotRequest(json: Array(json.utf8))
        #expect(request == SnapshotRequest(table: TableName(schema: schema, name: name), condition: condition))
        #expect(try SnapshotRequest(json: request.json) == request)
        let own = SnapshotRequest(table: request.table, condition: condition, slot: "a \"slot\"")
        #expect(try SnapshotRequest(json: own.json) == own)
        let cancellation = SnapshotRequest(table: request.table, isCancellation: true)
        #expect(try SnapshotRequest(json: cancellation.json) == cancellation)
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"table":1}"#, #"{"table":""}"#, #"{"table":"a.b.c"}"#, #"{"table":"a."}"#,
        #"{"table":"\"a"}"#,
        #"{"table":"a\"b\""}"#, #"{"table":"a","where":7}"#, #"{"table":"a","cancel":1}"#, #"{"table":"a\u0000b"}"#,
        "{\"table\":\"\(String(repeating: "a", count: 64))\"}", "{\"table\":\"a\",\"where\":\"\0\"}",
        #"{"table":"a"}x"#, #"{"table":"a","table":"b"}"#,
    ])
    func otherMessagesAreRefused(_ json: String) {
        #expect(throws: StateRecordError.self) { try SnapshotRequest(json: Array(json.utf8)) }
    }

    @Test("What is too large or too deep is refused before it costs anything")
    func hostileMessagesAreRefused() {
        let limit = SnapshotRequest.maxBytes
        let long = #"{"table":"a","where":""# + String(repeating: "x", count: limit) + #""}"#
        #expect(throws: StateRecordError.tooLong(limit: limit)) { try SnapshotRequest(json: Array(long.utf8)) }
        let fits = SnapshotRequest(
            table: TableName(schema: "public", name: "a"), condition: String(repeating: "x", count: limit - 100))
        #expect(throws: Never.self) { try SnapshotRequest(json: fits.json) }
        for bracket in [#"{"a":"#, "["] {
            let deep = #"{"table":"a","later":"# + String(repeating: bracket, count: 1000)
            #expect(throws: StateRecordError.self) { try SnapshotRequest(json: Array(deep.utf8)) }
        }
    }

    @Test(arguments: [("public", "orders"), ("a b", "C"), ("x.y", "\""), ("ü", "\"\".\"")])
    func tableNamesComeBackFromTheirText(_ schema: String, _ name: String) {
        let table = TableName(schema: schema, name: name)
        #expect(TableName(sql: table.sql) == table)
    }

    @Test func requestsStandInThePosition() throws {
        let place = RequestProgress.Place(
            oid: OID(rawValue: .max), fileNode: OID(rawValue: 2), next: TupleID(page: .max, item: .max))
        let table = TableName(schema: "a b", name: "\"")
        let all = [
            RequestProgress(
                SnapshotRequest(table: table, condition: "x = '\\'", slot: "s"), at: place, rows: 1 << 48, bytes: 7),
            RequestProgress(SnapshotRequest(table: TableName(schema: "public", name: "t"))),
        ]
        // As many as there may be: the parser's depth is limited.
        for count in 0...RequestLedger.limit {
            var position = SourcePosition(lsn: LSN(rawValue: 7))
            position.requests = (0..<count).map { all[$0 % 2] }
            #expect(try SourcePosition(json: position.json) == position)
        }
    }

    @Test func watermarksComeBackFromTheirText() throws {
        for kind in [Watermark.Kind.low, .high] {
            let mark = Watermark(slot: "a \"slot\"", run: .max, chunk: 7, kind: kind)
            #expect(try Watermark(json: mark.json) == mark)
            for length in mark.json.indices {
                #expect(throws: StateRecordError.self) { try Watermark(json: Array(mark.json[..<length])) }
            }
        }
        #expect(throws: StateRecordError.self) {
            try Watermark(json: Array(#"{"slot":"s","run":1,"chunk":1,"mark":"middle","token":1}"#.utf8))
        }
    }

    /// As the version before wrote it, whose conditions were SQL.
    @Test func aPositionOfTheVersionBeforeIsRead() throws {
        let json = #"""
            {"lsn":"0/7","requests":{"request":{"table":"public.a","where":"pg_sleep(1) IS NULL","slot":"s"},"rows":5,\#
            "bytes":6,"place":"1/2/3/4","next":{"request":{"table":"public.b"},"rows":0,"bytes":0}}}
            """#
        let position = try SourcePosition(json: Array(json.utf8))
        #expect(position.lsn == LSN(rawValue: 7))
        #expect(position.requests.map(\.request.table.name) == ["a", "b"])
        #expect(position.requests[0].request.condition == "pg_sleep(1) IS NULL")
        #expect(position.requests[0].place?.next == TupleID(page: 3, item: 4))
        #expect(!position.hasUnreadableRequests)
    }

    @Test(arguments: [
        #"{}"#, #"{"request":{"table":7},"rows":0,"bytes":0}"#, #"{"request":{"table":"a"},"rows":-1,"bytes":0}"#,
        #"{"request":{"table":"a"},"rows":0,"bytes":0,"place":"1/2/3"}"#,
        #"{"request":{"table":"a","signature":{"mac":1}},"rows":0,"bytes":0}"#, "[]", "7",
    ])
    func requestsThatCannotBeReadLeaveThePosition(_ requests: String) throws {
        let position = try SourcePosition(json: Array(#"{"lsn":"0/7","requests":\#(requests)}"#.utf8))
        #expect(position.lsn == LSN(rawValue: 7) && position.requests == [] && position.hasUnreadableRequests)
    }

    @Test func whatThePositionCountedDoesNotOverflow() {
        var ledger = RequestLedger([
            RequestProgress(SnapshotRequest(table: TableName(schema: "a", name: "b")), rows: .max, bytes: .max - 1)
        ])
        let place = RequestProgress.Place(
            oid: OID(rawValue: 1), fileNode: OID(rawValue: 2), next: TupleID(page: 3, item: 4))
        ledger.wasSent(1, upTo: place, rows: 5, bytes: 6, isLast: false)
        ledger.wereDelivered(before: nil)
        #expect(ledger.all[0].rows == .max && ledger.all[0].bytes == .max)
    }
}
