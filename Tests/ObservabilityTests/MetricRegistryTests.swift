import Observability
import Testing

@Suite struct MetricRegistryTests {
    let registry = MetricRegistry()

    @Test func rendersFamiliesSortedWithHelpAndTypeOnce() {
        registry.counter("b_total", help: "B.", labels: [("x", "2")]).increment()
        registry.counter("b_total", help: "B.", labels: [("x", "1")]).increment(by: 41)
        registry.gauge("a_bytes", help: "A.").set(UInt64(7))
        #expect(
            registry.render() == """
                # HELP a_bytes A.
                # TYPE a_bytes gauge
                a_bytes 7
                # HELP b_total B.
                # TYPE b_total counter
                b_total{x="1"} 41
                b_total{x="2"} 1

                """)
    }

    @Test func escapesHelpAndLabelValues() {
        _ = registry.counter("n_total", help: "a\\b\n\"c\"", labels: [("table", "o\"d\\d\r\n😀é")])
        #expect(
            registry.render()
                == "# HELP n_total a\\\\b\\n\"c\"\n# TYPE n_total counter\nn_total{table=\"o\\\"d\\\\d\r\\n😀é\"} 0\n")
    }

    @Test(arguments: [
        (MetricValue.integer(.max), "18446744073709551615"),
        (.integer(1_000_000_000_000_000), "1000000000000000"),
        (.real(0), "0"), (.real(5), "5"), (.real(-5), "-5"), (.real(0.25), "0.25"), (.real(1e300), "1e+300"),
        (.real(.infinity), "+Inf"), (.real(-.infinity), "-Inf"), (.real(.nan), "NaN"),
    ])
    func printsNumbersExactly(value: MetricValue, text: String) {
        registry.gauge("n", help: "N.") { value }
        #expect(registry.render().hasSuffix("\nn \(text)\n"))
    }

    @Test func aHistogramIsCumulativeAndItsBoundsAreInclusive() {
        let histogram = registry.histogram(
            "h_seconds", help: "H.", buckets: [0.1, 1, 10], labels: [("side", "kafka")])
        for value in [0.1, 0.5, 1, 2, 99] { histogram.observe(value) }
        #expect(
            registry.render() == """
                # HELP h_seconds H.
                # TYPE h_seconds histogram
                h_seconds_bucket{side="kafka",le="0.1"} 1
                h_seconds_bucket{side="kafka",le="1"} 3
                h_seconds_bucket{side="kafka",le="10"} 4
                h_seconds_bucket{side="kafka",le="+Inf"} 5
                h_seconds_sum{side="kafka"} 102.6
                h_seconds_count{side="kafka"} 5

                """)
    }

    @Test func theSameNameAndLabelsAreTheSameObjectInAnyOrder() {
        let one = registry.counter("n_total", help: "N.", labels: [("a", "1"), ("b", "2")])
        let same = registry.counter("n_total", help: "N.", labels: [("b", "2"), ("a", "1")])
        let other = registry.counter("n_total", help: "N.", labels: [("a", "1"), ("b", "3")])
        #expect(one === same)
        #expect(one !== other)
    }

    @Test func aReaderIsAskedAtEachScrapeAndMayHaveNothingToSay() {
        let counter = registry.counter("n_total", help: "N.")
        registry.gauge("half", help: "Half.") { counter.value == 0 ? nil : .real(Double(counter.value) / 2) }
        #expect(!registry.render().contains("\nhalf "))
        counter.increment(by: 3)
        #expect(registry.render().contains("\nhalf 1.5\n"))
    }

    @Test func aReaderMayUseTheRegistryItself() {
        let registry = registry
        registry.gauge("n", help: "N.") { [weak registry] in
            registry?.counter("late_total", help: "Late.").increment()
            return .integer(1)
        }
        _ = registry.render()
        #expect(registry.render().contains("late_total 1\n"))
    }

    @Test func concurrentUseLosesNoCountAndTearsNoLine() async {
        let registry = registry
        await withTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<500 {
                        registry.counter("n_total", help: "N.", labels: [("round", "\(round % 10)")]).increment()
                        if round % 50 == task { _ = registry.render() }
                    }
                }
            }
        }
        let total = (0..<10)
            .reduce(0) { $0 + registry.counter("n_total", help: "N.", labels: [("round", "\($1)")]).value }
        #expect(total == 4000)
    }

    @Test func anotherTypeForAKnownNameIsABrokenInvariant() async {
        await #expect(processExitsWith: .failure) {
            let registry = MetricRegistry()
            _ = registry.counter("n_total", help: "N.")
            _ = registry.gauge("n_total", help: "N.")
        }
    }

    @Test func anotherHelpForAKnownNameIsABrokenInvariant() async {
        await #expect(processExitsWith: .failure) {
            let registry = MetricRegistry()
            _ = registry.counter("n_total", help: "N.")
            _ = registry.counter("n_total", help: "M.")
        }
    }

    /// What a table's counters cost must not depend on how many tables there are: copying a family for each would make it
    /// hundreds of times as much here.
    @Test func aNewTableCostsTheSameHoweverManyThereAre() {
        let metrics = DaemonMetrics(registry: registry, version: "test")
        func time(_ names: Range<Int>) -> Duration {
            ContinuousClock().measure { for name in names { _ = metrics.table(schema: "public", name: "t\(name)") } }
        }
        _ = time(0..<100)
        let few = min(time(100..<200), time(200..<300))
        _ = time(300..<6000)
        let many = min(time(6000..<6100), time(6100..<6200), time(6200..<6300))
        #expect(many < few * 12)
    }
}
