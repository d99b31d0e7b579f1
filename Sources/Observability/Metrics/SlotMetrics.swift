import Synchronization

/// The slot as the server sees it. Absent from a scrape while the server does not answer, or there is no such slot:
/// a number that was true an hour ago helps nobody.
public final class SlotMetrics: Sendable {
    private let current: Current

    /// What a scrape reads.
    private final class Current: Sendable {
        let sample = Mutex<SlotSample?>(nil)
    }

    init(registry: MetricRegistry) {
        let current = Current()
        self.current = current
        func gauge(_ name: String, _ help: String, _ read: @escaping @Sendable (SlotSample) -> UInt64?) {
            registry.gauge(name, help: help) {
                current.sample.withLock { $0 }.flatMap(read).map(MetricValue.integer)
            }
        }
        func counter(_ name: String, _ help: String, _ read: @escaping @Sendable (SlotSample.DecodingCounts) -> UInt64)
        {
            registry.counter(name, help: help) {
                current.sample.withLock { $0?.decoded }.map { .integer(read($0)) }
            }
        }
        gauge("pqcdc_slot_active", "1 while a session of the server streams from the slot, ours or another.") {
            $0.isActive ? 1 : 0
        }
        gauge("pqcdc_slot_retained_bytes", "WAL that the server keeps for the slot.") { $0.retainedBytes }
        gauge(
            "pqcdc_slot_safe_wal_bytes",
            "WAL that may still be written before the slot can be lost; absent without max_slot_wal_keep_size."
        ) { $0.safeBytes }
        gauge("pqcdc_slot_confirmed_lsn", "The slot's confirmed_flush_lsn, as an integer.") { $0.confirmedLSN }
        for status in SlotSample.walStatuses {
            registry.gauge(
                "pqcdc_slot_wal_status",
                help: "1 for the slot's wal_status: reserved, extended, unreserved (about to be lost) or lost.",
                labels: [("status", status)]
            ) {
                current.sample.withLock { $0 }.map { .integer($0.walStatus == status ? 1 : 0) }
            }
        }
        counter("pqcdc_slot_decoded_transactions_total", "Transactions that the server decoded for the slot.") {
            $0.transactions
        }
        counter("pqcdc_slot_decoded_bytes_total", "Bytes of changes that the server decoded for the slot.") {
            $0.bytes
        }
        counter(
            "pqcdc_slot_spilled_transactions_total",
            "Transactions that went to the server's disk because they exceeded logical_decoding_work_mem."
        ) { $0.spilledTransactions }
        counter("pqcdc_slot_spilled_bytes_total", "Bytes of changes that went to the server's disk.") {
            $0.spilledBytes
        }
        counter("pqcdc_slot_streamed_transactions_total", "Transactions that the server streamed before their commit.")
        {
            $0.streamedTransactions
        }
        counter("pqcdc_slot_streamed_bytes_total", "Bytes of changes that the server streamed before their commit.") {
            $0.streamedBytes
        }
    }

    /// What the server said last; nil where it said nothing.
    public var sample: SlotSample? { current.sample.withLock { $0 } }

    /// Notes what the server has just said; nil when it does not answer, or has no such slot.
    public func update(_ sample: SlotSample?) { current.sample.withLock { $0 = sample } }
}
