import ReplicationProtocol
import RowMapping
import Testing

@testable import Pipeline

/// Whose requests for snapshots are followed.
@Suite struct RequestPolicyTests {
    private static let key = RequestKey("a secret of the configuration")
    private static let identity = PipelineIdentity(systemIdentifier: "7", database: "shop", slot: "s")
    private static let issued: UInt64 = 1_800_000_000

    private func begin(xid: UInt32 = 742, after seconds: Int64 = 0) -> Begin {
        Begin(
            finalLSN: LSN(rawValue: 1),
            commitTime: ServerTime(microsecondsSinceUnixEpoch: (Int64(Self.issued) + seconds) * 1_000_000), xid: xid)
    }

    private func signed() throws -> SnapshotRequest {
        let request = SnapshotRequest(
            table: TableName(schema: "public", name: "orders"), condition: "id > 1", slot: "s")
        // Its upper half is the epoch, which the stream does not have.
        return try #require(
            Self.key.sign(request, for: Self.identity, xid: 742 | 3 << 32, issued: Self.issued))
    }

    @Test func aSignedRequestIsFollowedInItsTransaction() throws {
        let request = try SnapshotRequest(json: try signed().json)
        #expect(Self.key.problem(with: request, for: Self.identity, in: begin()) == nil)
        #expect(Self.key.problem(with: request, for: Self.identity, in: begin(after: 59)) == nil)
        #expect(Self.key.problem(with: request, for: Self.identity, in: nil) == nil, "as it stands in a position")
        #expect(RequestPolicy.signed(Self.key).problem(with: request, for: Self.identity, in: begin()) == nil)
    }

    @Test func aCopyInAnotherTransactionIsNot() throws {
        #expect(Self.key.problem(with: try signed(), for: Self.identity, in: begin(xid: 743)) == .repeated)
    }

    @Test(arguments: [61, 86_400, -61] as [Int64])
    func anExpiredOneIsNot(_ seconds: Int64) throws {
        #expect(Self.key.problem(with: try signed(), for: Self.identity, in: begin(after: seconds)) == .expired)
    }

    @Test func nothingOfARequestCanBeChanged() throws {
        let changes: [(inout SnapshotRequest) -> Void] = [
            { $0.table = TableName(schema: "public", name: "others") },
            { $0.table = TableName(schema: "private", name: "orders") }, { $0.condition = "id > 0" },
            { $0.condition = nil }, { $0.condition = "" }, { $0.isCancellation = true }, { $0.signature?.xid = 743 },
            { $0.signature?.issued = Self.issued + 1 }, { $0.signature?.issued = .max }, { $0.signature?.mac = "" },
            { _ = $0.signature?.mac.removeLast() },
        ]
        for change in changes {
            var request = try signed()
            change(&request)
            #expect(Self.key.problem(with: request, for: Self.identity, in: begin()) == .forged, "\(request)")
            #expect(Self.key.problem(with: request, for: Self.identity, in: nil) == .forged)
        }
        let others = [
            PipelineIdentity(systemIdentifier: "8", database: "shop", slot: "s"),
            PipelineIdentity(systemIdentifier: "7", database: "sho", slot: "s"),
            PipelineIdentity(systemIdentifier: "7", database: "shop", slot: "t"),
        ]
        for other in others {
            #expect(Self.key.problem(with: try signed(), for: other, in: begin()) == .forged)
        }
        #expect(
            RequestKey("another").problem(with: try signed(), for: Self.identity, in: begin()) == .forged)
    }

    @Test func withoutASignatureOnlyAnyoneFollows() {
        let request = SnapshotRequest(table: TableName(schema: "public", name: "orders"))
        #expect(RequestPolicy.anyone.problem(with: request, for: Self.identity, in: begin()) == nil)
        #expect(
            RequestPolicy.signed(Self.key).problem(with: request, for: Self.identity, in: begin()) == "it is not signed"
        )
        #expect(RequestPolicy.off.problem(with: request, for: Self.identity, in: begin()) != nil)
    }

    @Test func offFollowsNotEvenSignedOnes() throws {
        #expect(RequestPolicy.off.problem(with: try signed(), for: Self.identity, in: begin()) != nil)
    }

    @Test func theSecretIsNotPrinted() {
        #expect(!"\(RequestPolicy.signed(Self.key))".contains("secret"))
    }

    @Test func warningsAreBounded() {
        var warnings = RequestWarnings()
        let now = ContinuousClock.now
        let passed = (0..<10_000).compactMap { _ in warnings.take(now: now) }
        #expect(passed == Array(repeating: 0, count: RequestWarnings.burst))
        #expect(warnings.take(now: now + RequestWarnings.interval) == 10_000 - RequestWarnings.burst)
    }
}
