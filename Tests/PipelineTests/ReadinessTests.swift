import Observability
import Pipeline
import Testing

@Suite struct ReadinessTests {
    private static func judge(_ phase: PipelinePhase, stalled: Int = 0, behind: UInt64? = nil) -> Readiness {
        Readiness(phase, slot: "s", stalled: .seconds(stalled), behind: behind, maxStall: .seconds(60))
    }

    @Test(arguments: [
        (PipelinePhase.starting, "starting: PostgreSQL has not answered yet"),
        (.waiting(reason: "no route"), "waiting: no route"),
        (.opening, "the slot s is ours, but its position in Kafka could not be read so far"),
        (.stopping, "stopping"),
    ])
    func whoDoesNotStreamAndCouldNotIsNotReady(_ phase: PipelinePhase, _ reason: String) {
        let readiness = Self.judge(phase)
        #expect(!readiness.isReady && readiness.reason == reason)
    }

    @Test func aPassiveInstanceIsReadyHoweverFarTheOtherIsBehind() {
        #expect(Self.judge(.passive(reason: "slot s is in use"), stalled: 3600, behind: 1).isReady)
    }

    @Test(arguments: [(0, true), (59, true), (60, false), (3600, false)])
    func anActiveInstanceIsReadyUntilItStallsForTooLong(_ stalled: Int, _ isReady: Bool) {
        #expect(Self.judge(.streaming, stalled: stalled, behind: 10).isReady == isReady)
    }

    @Test func theReasonOfAStallNamesItsLengthAndWhatWaits() {
        #expect(
            Self.judge(.streaming, stalled: 75, behind: 1234).reason
                == "nothing has been confirmed for 75 s although the server is ahead by 1234 bytes of WAL")
    }

    @Test func whatThePublicationLeavesOutCountsOnlyWhereItIsGiven() {
        let names = (1...7).map { "public.t\($0)" }
        let readiness = Readiness(
            .streaming, slot: "s", stalled: .zero, behind: 0, maxStall: .seconds(60), unpublished: names)
        #expect(!readiness.isReady)
        #expect(readiness.reason.hasSuffix("public.t1, public.t2, public.t3, public.t4, public.t5 and 2 more"))
        // Whoever is passive can take over all the same.
        let passive = Readiness(
            .passive(reason: "slot s is in use"), slot: "s", stalled: .zero, behind: 0, maxStall: .seconds(60),
            unpublished: names)
        #expect(passive.isReady)
    }
}
