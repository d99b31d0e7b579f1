import CLibrdkafka

/// Transactions, for a producer made with the property `transactional.id`.
extension RecordProducer {
    /// Registers with the coordinator, and fences whoever used the same `transactional.id` before.
    public func initTransactions(within limit: Duration = .seconds(60)) throws {
        let patience = Deadline(in: limit).millisecondsLeft
        try check(rd_kafka_init_transactions(handle.pointer, patience), "init_transactions")
    }

    /// Sends what the body sends in one transaction, and ends it as told.
    public func transaction(commit: Bool, within limit: Duration = .seconds(60), _ body: () throws -> Void) throws {
        try check(rd_kafka_begin_transaction(handle.pointer), "begin_transaction")
        try body()
        let patience = Deadline(in: limit).millisecondsLeft
        if commit {
            try check(rd_kafka_commit_transaction(handle.pointer, patience), "commit_transaction")
        } else {
            try check(rd_kafka_abort_transaction(handle.pointer, patience), "abort_transaction")
        }
    }

    private func check(_ error: OpaquePointer?, _ call: String) throws {
        guard let error else { return }
        defer { rd_kafka_error_destroy(error) }
        throw HarnessError("\(call) failed: \(String(cString: rd_kafka_error_string(error)))")
    }
}
