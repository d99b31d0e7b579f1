import Kafka
import Synchronization

/// What one producer was told of its records.
final class ObservedDeliveries: DeliveryObserver {
    private let state = Mutex(State())

    struct State {
        var delivered = 0
        var failures: [KafkaError] = []
        /// What the client said of itself.
        var reports: [KafkaError] = []
    }

    var current: State { state.withLock { $0 } }

    func delivered(batch: UInt32, topic: Int, records: Int, bytes: Int) {
        state.withLock { $0.delivered += records }
    }

    func failed(batch: UInt32, topic: Int, records: Int, bytes: Int, error: KafkaError) {
        state.withLock { $0.failures += Array(repeating: error, count: records) }
    }

    func clientReported(_ error: KafkaError) { state.withLock { $0.reports.append(error) } }

    func clientLogged(level: Int32, facility: String, text: String) {}
}
