import RowMapping
import Synchronization
import Testing

@testable import Pipeline

/// A new plan comes into force between two transactions, and at once where there is no batcher.
@Suite struct PlanMailboxTests {
    private final class Count: Sendable {
        private let count = Atomic<Int>(0)
        var value: Int { count.load(ordering: .relaxed) }
        func up() { count.add(1, ordering: .relaxed) }
    }

    private func plan(_ records: Int) -> PipelinePlan {
        PipelinePlan(
            rules: MappingRules(tables: [:]), batch: BatchLimits(records: records, bytes: 1 << 20, ticker: .zero),
            memoryLimit: 32 << 20, shutdownTimeout: .seconds(1), activityCheckerInterval: .seconds(1))
    }

    @Test func withoutABatcherItIsInForceAtOnce() {
        let plans = PlanMailbox(plan(1))
        #expect(plans.put(plan(2)))
        #expect(plans.current.batch.records == 2)
        #expect(!plans.hasNext)
    }

    @Test func aBatcherIsWokenAndDecides() throws {
        let (woken, settled) = (Count(), Count())
        let plans = PlanMailbox(plan(1)) { settled.up() }
        #expect(plans.open { woken.up() }.batch.records == 1)
        #expect(!plans.put(plan(2)))
        #expect(!plans.put(plan(3)))
        #expect(woken.value == 2)
        #expect(plans.hasNext && plans.current.batch.records == 1 && plans.latest.batch.records == 3)
        let next = try #require(plans.take())
        #expect(next.batch.records == 3, "the later one takes the place of the one that waits")
        #expect(plans.take() == nil)
        plans.settle(nil)
        #expect(plans.current.batch.records == 1 && settled.value == 1)
        #expect(!plans.put(plan(4)))
        plans.settle(plans.take())
        #expect(plans.current.batch.records == 4 && settled.value == 2)
    }

    @Test func whatABatcherHasNotTakenHoldsForTheNextOne() {
        let settled = Count()
        let plans = PlanMailbox(plan(1)) { settled.up() }
        _ = plans.open {}
        #expect(!plans.put(plan(2)))
        #expect(plans.close())
        #expect(settled.value == 1)
        #expect(plans.open {}.batch.records == 2)
        #expect(!plans.close())
        #expect(settled.value == 1)
    }
}
