/// `partition`: what decides which of the topic's partitions a record goes to.
public enum PartitionRule: Hashable, Sendable {
    /// The record key, by `kafka.balancer`.
    case key
    /// The texts of these columns, by the hash of Java's default partitioner: a single column gives the partition that
    /// a record with that text as its key would go to, several that of the key which they would make.
    case columns([String])
    /// The number that stands in this column.
    case number(String)
}
