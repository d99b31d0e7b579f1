import Glibc
import Observability
import ReplicationProtocol
import RowMapping
import Testing

@testable import LinuxSupport
@testable import Pipeline

/// Numbers that a server, or whoever may write the state topic, makes up: an error or a bound, never a trap.
@Suite struct HostileNumberTests {
    @Test func countsOfTheStateTopicDoNotOverflow() throws {
        let most = UInt64.max
        let json = """
            {"run":7,"schema":"public","name":"t","oid":1,"file":1,"relation":1,"skipBelow":"0/15","until":"0/15",\
            "keyChangesBelow":"0/0","rows":\(most),"bytes":\(most),"done":"0-1","finished":0}
            """
        let progress = try LeafProgress(json: Array(json.utf8))
        var ledger = SnapshotLedger(run: 7, known: [progress])
        ledger.wasSent(1, of: progress.table, pages: 1..<2, rows: 10, bytes: 10)
        ledger.wereDelivered(before: nil)
        #expect(ledger.tables[progress.table].map { $0.rows > 10 && $0.rows < 1 << 49 } == true)
        let leaf = SnapshotLeaf(
            table: progress.table, oid: OID(rawValue: 1), fileNode: OID(rawValue: 1),
            relation: Relation(
                oid: OID(rawValue: 1), schema: "public", name: "t", replicaIdentity: .default, columns: []),
            pages: 4, estimatedRows: 1, byteCount: 1)
        // The sum of many such tables, as it is shown.
        let tables = (0..<1000).map { number in
            SnapshotProgress.Table(
                name: "t\(number)", pages: 4, estimatedRows: 1, rows: Int(clamping: progress.rows),
                bytes: Int(clamping: progress.bytes))
        }
        #expect(SnapshotProgress(tables, at: .now).rows > 0 && leaf.pages == 4)
    }

    @Test func aTableThatIsNamedTwiceIsShownOnce() {
        let relation = Relation(
            oid: OID(rawValue: 1), schema: "public", name: "t", replicaIdentity: .default, columns: [])
        let leaf = SnapshotLeaf(
            table: TableName(schema: "public", name: "t"), oid: OID(rawValue: 1), fileNode: OID(rawValue: 1),
            relation: relation, pages: 4, estimatedRows: nil, byteCount: 1)
        let metrics = DaemonMetrics(registry: MetricRegistry(), version: "test")
        var display = SnapshotDisplay(area: nil, metrics: metrics.snapshot, slot: metrics.slot, now: .now)
        display.begin([leaf, leaf], SnapshotLedger(run: 1), chunks: 1, now: .now)
        #expect(metrics.snapshot.tables.value == .integer(2))
    }

    @Test func thePlaceBehindTheLastOneOfAPageIsOnTheNextOne() {
        #expect(TupleID(page: 7, item: 3).next == TupleID(page: 7, item: 4))
        #expect(TupleID(page: 7, item: .max).next == TupleID(page: 8, item: 0))
        #expect(TupleID(page: .max, item: .max).next == TupleID(page: .max, item: .max))
    }

    @Test(
        "A wait that is longer than the system's clock counts is a long wait",
        arguments: [Duration.seconds(Int64.max), .seconds(9_223_372_036), .milliseconds(Int64.max), .seconds(1e20)])
    func aVeryLongWait(limit: Duration) {
        let wakeup = Wakeup()
        wakeup.signal()
        #expect(FileDescriptorPoll.wait(-1, for: [], or: wakeup, until: .now + limit).wakeup)
        let loop = WatchedLoop(named: "test")
        loop.turned(nextWithin: limit)
    }

    @Test func aRateOfNothingIsAVeryLongWait() {
        var brake = SnapshotBrake(1, now: .now)
        #expect(brake.take(.max, now: .now) != nil)
    }

    @Test func whatTheSystemRefusesForAMomentIsAskedForAgain() async {
        // Descriptors up to the limit, some of which are given back soon.
        await #expect(processExitsWith: .exitCode(0)) {
            var limit = rlimit(rlim_cur: 64, rlim_max: 64)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            var open: [Int32] = []
            while case let descriptor = dup(0), descriptor >= 0 { open.append(descriptor) }
            DedicatedThread.start(name: "test") { [open] in
                usleep(200_000)
                for descriptor in open { close(descriptor) }
            }
            _ = Wakeup()
            exit(0)
        }
    }

    @Test func whatTheSystemRefusesForGoodEndsInOrder() async {
        await #expect(processExitsWith: .exitCode(69)) {
            ResourceShortage.patiently("a thread", within: .milliseconds(100)) { () -> Void? in nil }
        }
    }
}
