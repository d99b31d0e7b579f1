/// Writes Prometheus' text format, version 0.0.4.
///
/// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
struct ExpositionWriter {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    /// Writes a family: help and type once, then its series in the order of their labels.
    mutating func write(_ family: MetricFamily, named name: String) {
        text += "# HELP \(name) \(Self.escapedHelp(family.help))\n# TYPE \(name) \(family.kind.rawValue)\n"
        for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
            switch series {
            case .counter(let counter): sample(name, labels.braced(), .integer(counter.value))
            case .gauge(let gauge): sample(name, labels.braced(), gauge.value)
            case .histogram(let histogram): write(histogram, named: name, labels)
            case .read(let read):
                if let value = read() { sample(name, labels.braced(), value) }
            }
        }
        for (labels, value) in family.collect?().sorted(by: { $0.labels < $1.labels }) ?? [] {
            sample(name, labels.braced(), value)
        }
    }

    private mutating func write(_ histogram: Histogram, named name: String, _ labels: LabelSet) {
        let snapshot = histogram.snapshot
        var cumulative: UInt64 = 0
        for (bound, count) in zip(histogram.bounds + [.infinity], snapshot.counts) {
            cumulative += count
            let le = "le=\"\(MetricValue.real(bound).text)\""
            sample("\(name)_bucket", labels.braced(adding: le), .integer(cumulative))
        }
        sample("\(name)_sum", labels.braced(), .real(snapshot.sum))
        sample("\(name)_count", labels.braced(), .integer(cumulative))
    }

    private mutating func sample(_ name: String, _ labels: String, _ value: MetricValue) {
        text += "\(name)\(labels) \(value.text)\n"
    }

    /// Help escapes backslash and line feed, but, unlike a label value, not the quote.
    private static func escapedHelp(_ help: String) -> String {
        var text = ""
        for scalar in help.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
