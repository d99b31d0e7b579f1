import TestSupport

/// A broker that does within seconds what others take minutes or days for: it aborts transactions that have run out,
/// forgets idle transactional ids, and compacts.
enum ImpatientBroker {
    static func shared() throws -> KafkaBroker { try broker.get() }

    private static let broker = Result {
        let broker = try KafkaBroker(settings: [
            "transaction.abort.timed.out.transaction.cleanup.interval.ms": "200",
            "transactional.id.expiration.ms": "2000",
            "transaction.remove.expired.transaction.cleanup.interval.ms": "200",
            "log.cleaner.backoff.ms": "100",
            "log.retention.check.interval.ms": "500",
        ])
        try broker.start()
        return broker
    }
}
