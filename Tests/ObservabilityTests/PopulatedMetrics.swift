import Observability

/// A registry in which every metric of the daemon has a series.
enum PopulatedMetrics {
    static func registry() -> MetricRegistry {
        let registry = MetricRegistry()
        let metrics = DaemonMetrics(registry: registry, version: "0.1.0")
        metrics.name(slot: "cdc_slot", database: "cdc_db", delivery: "at-least-once")
        metrics.serverLSN.set(200 as UInt64)
        metrics.confirmedLSN.set(100 as UInt64)
        metrics.lag.note(confirmed: 100)
        metrics.lag.note(end: 200)
        _ = metrics.table(schema: "public", name: "users")
        _ = metrics.topic("users.0")
        metrics.publication.update([("public.users", "it is not in the publication")])
        metrics.slot.update(
            SlotSample(
                isActive: true, walStatus: "reserved", retainedBytes: 100, safeBytes: 1000, confirmedLSN: 100,
                decoded: SlotSample.DecodingCounts(
                    transactions: 1, bytes: 2, spilledTransactions: 3, spilledBytes: 4, streamedTransactions: 5,
                    streamedBytes: 6)))
        metrics.client.update(
            queueRecords: 1, queueBytes: 2,
            brokers: [
                BrokerSample(
                    name: "kafka-1:9092", isUp: true, waitingRequests: 1, sentRequests: 2, averageRoundTrip: 0.001,
                    slowRoundTrip: 0.002, sendErrors: 0, receiveErrors: 0, retries: 0, timeouts: 0, disconnects: 0)
            ])
        return registry
    }

    /// Each family: name, type, help and the names of its labels.
    static func families() -> [Family] {
        var families: [Family] = []
        for line in registry().render().split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3)
            if line.hasPrefix("# HELP ") {
                families.append(Family(name: String(words[2]), help: String(words[3])))
            } else if line.hasPrefix("# TYPE ") {
                families[families.count - 1].type = String(words[3])
            } else {
                families[families.count - 1].hasSeries = true
                for match in line.matches(of: /([a-z_]+)="/) where match.1 != "le" {
                    families[families.count - 1].labels.insert(String(match.1))
                }
            }
        }
        return families
    }

    struct Family {
        var name: String
        var help: String
        var type = ""
        var labels: Set<String> = []
        var hasSeries = false
    }
}
