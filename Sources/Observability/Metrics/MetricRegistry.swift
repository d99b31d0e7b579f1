import Synchronization

/// Every metric of the process, by name and labels. The one owner of what `/metrics` shows.
///
/// Asking twice for the same name and labels gives the same object. Asking for a known name with another type or help
/// traps: one of the two places in the code is wrong.
public final class MetricRegistry: Sendable {
    private let families = Mutex<[String: MetricFamily]>([:])

    public init() {}

    /// The counter of this name and these labels.
    public func counter(_ name: String, help: String, labels: [(String, String)] = []) -> Counter {
        let series = series(name, .counter, help, labels) { .counter(Counter()) }
        guard case .counter(let counter) = series else { preconditionFailure("\(name) is read by a closure") }
        return counter
    }

    /// The gauge of this name and these labels.
    public func gauge(_ name: String, help: String, labels: [(String, String)] = []) -> Gauge {
        let series = series(name, .gauge, help, labels) { .gauge(Gauge()) }
        guard case .gauge(let gauge) = series else { preconditionFailure("\(name) is read by a closure") }
        return gauge
    }

    /// The histogram of this name and these labels; `buckets` are ascending upper bounds, `+Inf` is added.
    public func histogram(
        _ name: String, help: String, buckets: [Double], labels: [(String, String)] = []
    ) -> Histogram {
        let series = series(name, .histogram, help, labels) { .histogram(Histogram(bounds: buckets)) }
        guard case .histogram(let histogram) = series else { preconditionFailure("\(name) is not a histogram") }
        precondition(histogram.bounds == buckets, "\(name) has other buckets")
        return histogram
    }

    /// A counter that is read at each scrape, by a closure that must be quick and must never go down.
    public func counter(
        _ name: String, help: String, labels: [(String, String)] = [], read: @escaping @Sendable () -> MetricValue?
    ) {
        addReader(name, .counter, help, labels, read)
    }

    /// A gauge that is read at each scrape, by a closure that must be quick; nil leaves it out of that scrape.
    public func gauge(
        _ name: String, help: String, labels: [(String, String)] = [], read: @escaping @Sendable () -> MetricValue?
    ) {
        addReader(name, .gauge, help, labels, read)
    }

    /// Series of one family that come and go, read at each scrape by a closure that must be quick.
    func collect(
        _ name: String, _ kind: MetricFamily.Kind, help: String,
        read: @escaping @Sendable () -> [(labels: [(String, String)], value: MetricValue)]
    ) {
        families.withLock { families in
            precondition(families[name] == nil, "\(name) is already there")
            families[name] = MetricFamily(kind: kind, help: help) { read().map { (LabelSet($0.labels), $0.value) } }
        }
    }

    /// Everything in the text format, families sorted by name.
    public func render() -> String {
        // A closure may take locks of its own, so none is called under ours.
        let families = families.withLock { $0 }
        var writer = ExpositionWriter()
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            writer.write(family, named: name)
        }
        return writer.text
    }

    private func addReader(
        _ name: String, _ kind: MetricFamily.Kind, _ help: String, _ labels: [(String, String)],
        _ read: @escaping @Sendable () -> MetricValue?
    ) {
        let labels = LabelSet(labels)
        families.withLock { families in
            Self.expect(name, kind, help, in: families)
            let former = families[name, default: MetricFamily(kind: kind, help: help)].series
                .updateValue(.read(read), forKey: labels)
            precondition(former == nil, "\(name){\(labels.text)} is already there")
        }
    }

    private func series(
        _ name: String, _ kind: MetricFamily.Kind, _ help: String, _ labels: [(String, String)],
        make: () -> MetricFamily.Series
    ) -> MetricFamily.Series {
        let labels = LabelSet(labels)
        return families.withLock { families in
            Self.expect(name, kind, help, in: families)
            if let known = families[name]?.series[labels] { return known }
            let made = make()
            // In place: a family that is taken out and put back is copied with all its series, for each new one.
            families[name, default: MetricFamily(kind: kind, help: help)].series[labels] = made
            return made
        }
    }

    private static func expect(
        _ name: String, _ kind: MetricFamily.Kind, _ help: String, in families: borrowing [String: MetricFamily]
    ) {
        guard let known = families[name] else { return }
        precondition(known.kind == kind, "\(name) is a \(known.kind.rawValue), not a \(kind.rawValue)")
        precondition(known.help == help, "\(name) has another help")
    }
}
