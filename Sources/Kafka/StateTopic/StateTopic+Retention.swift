extension StateTopic {
    /// Why the topic would lose positions after a time; nil where it would not, or where nobody says.
    ///
    /// Blocks for three times `timeout` at most. Clusters that know no such question, and those that do not let this user
    /// ask it, leave the answer open.
    public func perishes(timeout: Duration) -> String? {
        guard let inspector = try? ClusterInspector(properties),
            let broker = try? inspector.cluster(timeout: timeout).brokers.keys.min()
        else { return nil }
        do throws(KafkaError) {
            _ = try inspector.configuration(ofBroker: broker, timeout: timeout)
        } catch  where error.isUnsupported {
            // Asked about a topic, a cluster without that question would be waited for.
            return nil
        } catch {}
        guard
            case .success(let configuration)? = try? inspector.configurations(ofTopics: [name], timeout: timeout)[name]
        else { return nil }
        if !configuration.isCompacted { return "it is not compacted" }
        return configuration.dropsOldRecords ? "its cleanup.policy holds delete" : nil
    }
}
