internal import CLibrdkafka
internal import LinuxSupport
internal import Synchronization

/// The thread `kafka-poll`: takes the client's events and tells the observer of them.
final class EventLoop: @unchecked Sendable {
    // Sendable because a queue handle may be used by any thread, as its client's:
    // https://github.com/confluentinc/librdkafka/blob/master/INTRODUCTION.md#threads-and-callbacks
    private let client: OpaquePointer
    private let queue: OpaquePointer
    private let observer: any DeliveryObserver
    private let watched: WatchedLoop
    private let stopping = Atomic<Bool>(false)
    private let ended = ThreadEnd()

    init(_ client: OpaquePointer, observer: any DeliveryObserver, watched: WatchedLoop) {
        self.client = client
        queue = rd_kafka_queue_get_main(client)
        self.observer = observer
        self.watched = watched
        rd_kafka_set_log_queue(client, queue)
    }

    deinit { rd_kafka_queue_destroy(queue) }

    func start() {
        DedicatedThread.start(name: "kafka-poll") { [self] in
            while !stopping.load(ordering: .acquiring) {
                // The wait ends with each event and with ``stop()``; its length matters to the watchdog only.
                watched.turned(nextWithin: .milliseconds(Int(Self.wait)))
                guard let event = rd_kafka_queue_poll(queue, Self.wait) else { continue }
                watched.turned()
                #if FAILPOINTS
                    Failpoint.kafkaPollTurn.hang()
                #endif
                serve(event)
            }
            watched.rests()
            // What a purge has failed comes back too, so that every record is accounted for.
            while let event = rd_kafka_queue_poll(queue, 0) { serve(event) }
            ended.signal()
        }
    }

    // As long as the others wait at most; a minute would hide a hung librdkafka for as long.
    private static let wait: Int32 = 10_000

    /// Ends the thread, and returns when it has ended.
    func stop() {
        stopping.store(true, ordering: .releasing)
        rd_kafka_queue_yield(queue)
        ended.wait()
    }

    private func serve(_ event: OpaquePointer) {
        defer { rd_kafka_event_destroy(event) }
        switch rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_DR: serveDeliveryReports(event)
        case RD_KAFKA_EVENT_ERROR:
            observer.clientReported(error(of: event))
        case RD_KAFKA_EVENT_STATS:
            if let json = rd_kafka_event_stats(event), let statistics = ClientStatistics(json: json) {
                observer.clientMeasured(statistics)
            }
        case RD_KAFKA_EVENT_LOG:
            var facility: UnsafePointer<CChar>?
            var text: UnsafePointer<CChar>?
            var level: Int32 = 0
            if rd_kafka_event_log(event, &facility, &text, &level) == 0, let facility, let text {
                observer.clientLogged(
                    level: level, facility: String(cString: facility), text: String(cString: text))
            }
        default: break
        }
    }

    private func error(of event: OpaquePointer) -> KafkaError {
        let action = "keep the Kafka client going"
        if rd_kafka_event_error_is_fatal(event) == 1, let error = KafkaError(fatalOf: client, action: action) {
            return error
        }
        return KafkaError(
            rd_kafka_event_error(event), action: action,
            reason: rd_kafka_event_error_string(event).map { String(cString: $0) })
    }

    /// Joins reports of the same batch, topic and outcome, so that the observer is called once for each run.
    private func serveDeliveryReports(_ event: OpaquePointer) {
        var run = Run()
        while let message = rd_kafka_event_message_next(event) {
            let batch = RecordTag.batch(of: message.pointee._private)
            let topic = UInt(bitPattern: rd_kafka_topic_opaque(message.pointee.rkt))
            if run.batch != batch || run.topic != topic || run.error != message.pointee.err {
                report(run)
                run = Run(batch: batch, topic: topic, error: message.pointee.err)
            }
            run.records += 1
            run.bytes += message.pointee.len + message.pointee.key_len
        }
        report(run)
    }

    private func report(_ run: Run) {
        guard run.records > 0 else { return }
        let topic = Int(run.topic) - 1
        if run.error == RD_KAFKA_RESP_ERR_NO_ERROR {
            observer.delivered(batch: run.batch, topic: topic, records: run.records, bytes: run.bytes)
        } else {
            let isFatal = rd_kafka_fatal_error(client, nil, 0) != RD_KAFKA_RESP_ERR_NO_ERROR
            observer.failed(
                batch: run.batch, topic: topic, records: run.records, bytes: run.bytes,
                error: KafkaError(run.error, action: "deliver records", isFatal: isFatal))
        }
    }

    private struct Run {
        var batch: UInt32 = 0
        var topic: UInt = 0
        var error = RD_KAFKA_RESP_ERR_NO_ERROR
        var records = 0
        var bytes = 0
    }
}
