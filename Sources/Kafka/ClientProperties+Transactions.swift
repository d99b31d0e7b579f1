extension ClientProperties {
    /// What transactions need of librdkafka.
    ///
    /// `message.timeout.ms` stays 0, which librdkafka allows with transactions: a record is tried for as long as the
    /// producer lives, and it is the broker that gives up a transaction. `retry.backoff.ms` stays as it is: a commit
    /// on the heels of another waits in AddPartitionsToTxn, for 20 ms that are fixed, and a smaller value would only
    /// make records be sent over and over while there are not enough replicas.
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
