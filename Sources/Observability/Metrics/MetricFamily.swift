/// All series of one name: they share type and help.
struct MetricFamily: Sendable {
    /// The types of the exposition format.
    enum Kind: String, Sendable { case counter, gauge, histogram }

    /// Where a series' numbers come from.
    enum Series: Sendable {
        case counter(Counter)
        case gauge(Gauge)
        case histogram(Histogram)
        /// Asked at each scrape; nil leaves the series out of it.
        case read(@Sendable () -> MetricValue?)
    }

    let kind: Kind
    let help: String
    var series: [LabelSet: Series] = [:]
    /// Series that come and go, such as one for each broker: asked for at each scrape.
    var collect: (@Sendable () -> [(labels: LabelSet, value: MetricValue)])?
}
