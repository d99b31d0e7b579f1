import Pipeline
import ReplicationProtocol
import Testing

@Suite struct PositionCheckTests {
    private typealias Decision = PositionCheck.Decision

    private static let position = SourcePosition(lsn: LSN("16/1000")!)
    private static let cut = SourcePosition(
        lsn: LSN("16/1000")!, partial: .init(xid: 7, finalLSN: LSN("16/2000")!, changes: 3))
    private static let elsewhere = PipelineIdentity(systemIdentifier: "1", database: "shop", slot: "s")
    private static let gap = PositionProblem.gap(from: LSN("16/1000")!, to: LSN("16/1001")!, bytes: 1)
    private static let behind = PositionProblem.walBehind(position: LSN("16/1000")!, current: LSN("16/FFF")!)

    @Test(
        "A position is followed where slot and server fit it, and explained where they do not",
        arguments: [
            (SourcePosition?, [PipelineIdentity], String, String?, PositionCheck.Decision, PositionCheck.Decision)
        ]([
            (nil, [], "16/1000", "16/3000", .first, .first),
            (
                nil, [elsewhere], "16/1000", nil, .stop(.otherSystem(elsewhere)),
                .accept(.otherSystem(elsewhere), skipTo: nil)
            ),
            // The slot is the floor that keeps WAL: it stands at the position, or before it.
            (position, [], "16/1000", "16/1000", .resume(skipTo: position), .resume(skipTo: position)),
            (position, [], "0/0", "16/3000", .resume(skipTo: position), .resume(skipTo: position)),
            (cut, [], "16/FFF", nil, .resume(skipTo: cut), .resume(skipTo: cut)),
            // Its own position says more than that of another server.
            (position, [elsewhere], "16/1000", "16/3000", .resume(skipTo: position), .resume(skipTo: position)),
            (position, [], "16/1001", "16/3000", .stop(gap), .accept(gap, skipTo: position)),
            (cut, [], "16/1001", nil, .stop(gap), .accept(gap, skipTo: cut)),
            // The server was set back; where the slot stands says nothing then.
            (position, [], "16/0", "16/FFF", .stop(behind), .accept(behind, skipTo: nil)),
            (position, [], "16/2000", "16/FFF", .stop(behind), .accept(behind, skipTo: nil)),
        ]))
    func decisions(
        position: SourcePosition?, others: [PipelineIdentity], confirmed: String, current: String?,
        stopping: PositionCheck.Decision, accepting: PositionCheck.Decision
    ) throws {
        for (action, expected) in [(GapAction.stop, stopping), (.accept, accepting)] {
            let decision = PositionCheck.decide(
                position: position, otherSystems: others, slotConfirmed: try #require(LSN(confirmed)),
                current: current.flatMap { LSN($0) }, onGap: action)
            #expect(decision == expected)
        }
    }

    @Test func aServerThatHasNotSeenASnapshotsPointWasSetBack() throws {
        func decide(current: String?, onGap: GapAction) -> PositionCheck.Decision {
            PositionCheck.decide(
                position: Self.position, snapshotPoint: LSN("16/3000")!, otherSystems: [],
                slotConfirmed: LSN("16/1000")!, current: current.flatMap { LSN($0) }, onGap: onGap)
        }
        let problem = PositionProblem.walBehindSnapshot(point: LSN("16/3000")!, current: LSN("16/2FFF")!)
        #expect(decide(current: "16/2FFF", onGap: .stop) == .stop(problem))
        #expect(decide(current: "16/2FFF", onGap: .accept) == .accept(problem, skipTo: nil))
        #expect(decide(current: "16/3000", onGap: .stop) == .resume(skipTo: Self.position))
        #expect(decide(current: nil, onGap: .stop) == .resume(skipTo: Self.position))
        // The position says as much, and is the better known.
        #expect(decide(current: "16/FFF", onGap: .stop) == .stop(Self.behind))
        #expect("\(problem)".contains("16/2FFF") && "\(problem)".contains("set back by 1 bytes"))
    }

    @Test func aProblemNamesFromWhereToWhereAndHowMuch() {
        #expect("\(Self.gap)".contains("from 16/1000 to 16/1001 (1 bytes of WAL)"))
        #expect("\(Self.behind)".contains("16/FFF") && "\(Self.behind)".contains("set back by 1 bytes"))
        #expect("\(PositionProblem.otherSystem(Self.elsewhere))".contains("system identifier 1"))
    }

    @Test func onlyASlotOfTheSameNameOnAnotherServerIsTheSamePipelineElsewhere() {
        let own = PipelineIdentity(systemIdentifier: "2", database: "shop", slot: "s")
        #expect(own.differsInSystemOnly(from: Self.elsewhere))
        #expect(!own.differsInSystemOnly(from: own))
        #expect(!own.differsInSystemOnly(from: .init(systemIdentifier: "1", database: "shop", slot: "t")))
        #expect(!own.differsInSystemOnly(from: .init(systemIdentifier: "1", database: "s", slot: "s")))
    }

    @Test func aNameTellsPipelinesOfTwoServersApart() {
        let eu = PipelineIdentity(systemIdentifier: "2", database: "shop", slot: "s", pipeline: "eu")
        #expect(!eu.differsInSystemOnly(from: Self.elsewhere))
        #expect(eu.differsInSystemOnly(from: .init(systemIdentifier: "1", database: "shop", slot: "s", pipeline: "eu")))
        let unnamed = PipelineIdentity(systemIdentifier: "2", database: "shop", slot: "s")
        #expect(eu.differsInPipelineOnly(from: unnamed) && unnamed.differsInPipelineOnly(from: eu))
        #expect(!eu.differsInPipelineOnly(from: eu) && !eu.differsInPipelineOnly(from: Self.elsewhere))
        // The slot is what is fenced.
        #expect(eu.transactionalID == unnamed.transactionalID)
    }

    @Test func noTwoPipelinesShareATransactionalID() {
        // Hyphens are legal in a database's name, and in a slot's they are not.
        #expect(
            PipelineIdentity(systemIdentifier: "7412", database: "my-shop", slot: "shop_slot").transactionalID
                == "pqcdc-7412-my-shop-shop_slot")
    }
}
