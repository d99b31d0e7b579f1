internal import CLibrdkafka

extension Producer {
    public enum Outcome {
        case accepted
        /// The client's queue is full: wait for delivery reports, then try again.
        case queueFull
        case refused(KafkaError)
    }

    /// Where a record goes within its topic.
    public enum Partition {
        /// What the configured partitioner makes of the key.
        case byKey
        case number(Int32)
        /// This hash, which is not negative, modulo the number of partitions. Only with `takesHashes`.
        case hash(Int32)
    }

    /// Hands one record to the client, which copies it. Never blocks.
    ///
    /// - Parameters:
    ///   - key: a nil base address sends no key.
    ///   - value: a nil base address sends no value (a tombstone).
    ///   - batch: comes back in the observer's calls.
    @inline(__always)
    public func produce(
        _ topic: Topic, _ partition: Partition = .byKey, key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer,
        batch: UInt32
    ) -> Outcome {
        let tag = RecordTag(batch: batch, partition)
        let result = rd_kafka_produce(
            topic.handle, tag.partition, RD_KAFKA_MSG_F_COPY, UnsafeMutableRawPointer(mutating: value.baseAddress),
            value.count, key.baseAddress, key.count, tag.opaque)
        return result == 0 ? .accepted : refusal(rd_kafka_last_error(), topic)
    }

    /// The same for a record that carries headers or a time of its own.
    ///
    /// - Parameters:
    ///   - timestamp: milliseconds since 1970; 0 leaves it to the client.
    ///   - headers: gives one header after the other, and nil behind the last. Names and values are copied.
    public func produce(
        _ topic: Topic, _ partition: Partition, key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer,
        timestamp: Int64, batch: UInt32,
        headers: () -> (name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)?
    ) -> Outcome {
        let list = rd_kafka_headers_new(8)
        while let header = headers() {
            rd_kafka_header_add(
                list, header.name.baseAddress, header.name.count, header.value.baseAddress, header.value.count)
        }
        let tag = RecordTag(batch: batch, partition)
        // <https://github.com/confluentinc/librdkafka/blob/master/src/rdkafka.h> (rd_kafka_produceva: headers are the
        // client's when it succeeds, and ours when it does not)
        let error = withUnsafeTemporaryAllocation(of: rd_kafka_vu_t.self, capacity: 8) { arguments in
            var count = 0
            func add(_ type: rd_kafka_vtype_t, _ set: (inout rd_kafka_vu_t.__Unnamed_union_u) -> Void) {
                var argument = rd_kafka_vu_t()
                argument.vtype = type
                set(&argument.u)
                arguments.initializeElement(at: count, to: argument)
                count += 1
            }
            add(RD_KAFKA_VTYPE_RKT) { $0.rkt = topic.handle }
            add(RD_KAFKA_VTYPE_PARTITION) { $0.i32 = tag.partition }
            add(RD_KAFKA_VTYPE_MSGFLAGS) { $0.i = RD_KAFKA_MSG_F_COPY }
            add(RD_KAFKA_VTYPE_KEY) {
                $0.mem.ptr = UnsafeMutableRawPointer(mutating: key.baseAddress)
                $0.mem.size = key.count
            }
            add(RD_KAFKA_VTYPE_VALUE) {
                $0.mem.ptr = UnsafeMutableRawPointer(mutating: value.baseAddress)
                $0.mem.size = value.count
            }
            add(RD_KAFKA_VTYPE_OPAQUE) { $0.ptr = tag.opaque }
            add(RD_KAFKA_VTYPE_HEADERS) { $0.headers = list }
            if timestamp > 0 { add(RD_KAFKA_VTYPE_TIMESTAMP) { $0.i64 = timestamp } }
            return rd_kafka_produceva(handle, arguments.baseAddress, count)
        }
        guard let error else { return .accepted }
        defer { rd_kafka_error_destroy(error) }
        rd_kafka_headers_destroy(list)
        return refusal(rd_kafka_error_code(error), topic)
    }

    @inline(never)
    private func refusal(_ code: rd_kafka_resp_err_t, _ topic: Topic) -> Outcome {
        guard code != RD_KAFKA_RESP_ERR__QUEUE_FULL else { return .queueFull }
        let action = "produce to topic \"\(topic.name)\""
        if code == RD_KAFKA_RESP_ERR__FATAL, let error = KafkaError(fatalOf: handle, action: action) {
            return .refused(error)
        }
        var error = KafkaError(code, action: action)
        // A transactional client takes records while a transaction is open and has not failed; why it has failed is
        // told by the call that ends it.
        error.requiresAbort = isTransactional && code == RD_KAFKA_RESP_ERR__STATE
        return .refused(error)
    }
}
