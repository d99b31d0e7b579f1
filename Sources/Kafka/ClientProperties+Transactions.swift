/// What transactions need of librdkafka.
extension ClientProperties {
    /// What the user's properties may change.
    mutating func addTransactionDefaults() {
        // A commit that follows another is answered with CONCURRENT_TRANSACTIONS until the one before is written to
        // all partitions, some milliseconds later: 100 ms, the default, would be most of a commit's time.
        set("retry.backoff.ms", "5")
    }

    /// `message.timeout.ms` stays 0, which librdkafka allows with transactions: a record is tried for as long as the
    /// producer lives, and it is the broker that gives up a transaction.
    mutating func setTransaction(id: String, timeout: Duration) {
        set("transactional.id", id)
        set("transaction.timeout.ms", String(timeout.milliseconds))
        // A request must be able to fail and be made again before the transaction runs out; librdkafka refuses more,
        // and takes this by itself where nothing is set.
        let longest = max(timeout.milliseconds - 100, 900)
        if let given = self["socket.timeout.ms"].flatMap({ Int32($0) }), given > longest {
            set("socket.timeout.ms", String(longest))
        }
    }
}
