internal import Logging
internal import RowMapping

extension SnapshotStretch {
    /// Says that its transactions are open for longer than the file wants, and why nothing ends them.
    ///
    /// - Parameter tables: those that are not done.
    func warn(beyond limit: Duration, _ tables: [TableName], _ logger: Logger) {
        // Some names will do where there are thousands.
        let names = tables.prefix(5).map { "\($0)" } + (tables.count > 5 ? ["\(tables.count - 5) more"] : [])
        logger.warning(
            """
            the snapshot's transaction is open for longer than cdc.snapshot.maxTransactionDuration; vacuum keeps what has \
            died since it began
            """,
            metadata: [
                "limit": .stringConvertible(limit), "names": "\(names.joined(separator: ", "))",
                "advice": """
                snapshot_only reads all tables as of one moment, however long that takes; name fewer in \
                cdc.snapshot.tables, raise parallelism or maxRate, or take mode: initial, which reads in turns
                """,
            ])
    }
}
