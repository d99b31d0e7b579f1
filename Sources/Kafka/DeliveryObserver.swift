/// Hears what became of the records of one ``Producer``. Called on its thread `kafka-poll`, for runs of records, never
/// for each; must not block.
public protocol DeliveryObserver: Sendable {
    /// The brokers hold `records` of the batch, on as many replicas as they were asked for.
    ///
    /// - Parameters:
    ///   - batch: what the record was produced with.
    ///   - topic: the number that the topic was opened under.
    ///   - bytes: of keys and values.
    func delivered(batch: UInt32, topic: Int, records: Int, bytes: Int)

    /// `records` of the batch, `bytes` of keys and values, will not be delivered.
    func failed(batch: UInt32, topic: Int, records: Int, bytes: Int, error: KafkaError)

    /// The client says something about its health; a fatal error ends its use.
    func clientReported(_ error: KafkaError)

    /// What the client has measured, once each `statistics.interval.ms`.
    func clientMeasured(_ statistics: ClientStatistics)

    /// A line of librdkafka's own log; `level` is syslog's.
    func clientLogged(level: Int32, facility: String, text: String)
}

extension DeliveryObserver {
    public func clientMeasured(_ statistics: ClientStatistics) {}
}
