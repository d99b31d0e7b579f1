internal import CLibrdkafka
internal import Glibc

/// Transactions, for a producer made with a `transactionalID`.
///
/// One thread at a time makes these calls, in the order init, then begin and commit or abort over and over. They block;
/// the thread `kafka-poll` goes on serving delivery reports meanwhile, which a commit waits for.
/// <https://github.com/confluentinc/librdkafka/blob/master/src/rdkafka.h> (Transactional producer API)
extension Producer {
    /// Registers with the transaction coordinator: aborts what is open under the `transactional.id` and fences whoever
    /// used it before.
    ///
    /// Blocks for `timeout` at most. After a retriable error it may be called again.
    public func initTransactions(timeout: Duration) throws(KafkaError) {
        try retrying("register the transactional.id", timeout) { rd_kafka_init_transactions(handle, $0) }
    }

    /// Opens a transaction. Nothing is asked of the brokers.
    public func beginTransaction() throws(KafkaError) {
        guard let error = rd_kafka_begin_transaction(handle) else { return }
        throw KafkaError(taking: error, action: "begin a Kafka transaction")
    }

    /// Commits the open transaction once everything produced in it is delivered.
    ///
    /// Blocks until it is committed, retrying what is retriable, for `timeout` at most. A retriable error leaves the
    /// outcome open: the commit goes on in the background, and only another call of this function, or the
    /// `transactional.id`'s next user, learns how it ended. It can no longer be aborted then.
    public func commitTransaction(timeout: Duration) throws(KafkaError) {
        try retrying("commit a Kafka transaction", timeout) { rd_kafka_commit_transaction(handle, $0) }
    }

    /// Takes back everything that was produced in the open transaction. Records that are still undelivered are
    /// reported as purged.
    ///
    /// Blocks until it is aborted, retrying what is retriable, for `timeout` at most.
    public func abortTransaction(timeout: Duration) throws(KafkaError) {
        try retrying("abort a Kafka transaction", timeout) { rd_kafka_abort_transaction(handle, $0) }
    }

    private func retrying(
        _ action: String, _ timeout: Duration, _ call: (_ milliseconds: Int32) -> OpaquePointer?
    ) throws(KafkaError) {
        let deadline = ContinuousClock.now + timeout
        var left = timeout
        while true {
            guard let object = call(max(left, .zero).milliseconds) else { return }
            let error = KafkaError(taking: object, action: action)
            // While another of these calls is unfinished, waiting changes nothing.
            guard error.isRetriable, error.code != RD_KAFKA_RESP_ERR__CONFLICT.rawValue else { throw error }
            // Some of these errors come at once, such as that no coordinator is connected.
            usleep(20_000)
            left = ContinuousClock.now.duration(to: deadline)
            // Cut short within its first step, which waits for no broker, a call could not be resumed.
            guard left > .milliseconds(50) else { throw error }
        }
    }
}
