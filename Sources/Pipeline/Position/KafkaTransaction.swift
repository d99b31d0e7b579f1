/// An open Kafka transaction, as far as its end depends on it.
struct KafkaTransaction {
    let opened: ContinuousClock.Instant
    /// Of the batches that were sent in it.
    var bytes: Int
}
