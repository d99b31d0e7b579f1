internal import LinuxSupport
internal import Logging
internal import Observability
internal import ReplicationProtocol
internal import RowMapping

/// Sending the rows that were read for a request.
extension Batcher {
    /// The high watermark of a chunk has come: sends what may be sent of it.
    ///
    /// In exactly-once its rows and what the position says of them are part of one Kafka transaction, which therefore may end
    /// before a chunk and behind it, and never within. A chunk has no more than an eighth of the memory's limit.
    func takeHighMark(of number: UInt64) async throws(PipelineError) {
        guard let followed, let requested = assembler.requested,
            var chunk = followed.run.exchange.take(run: followed.run.number, number: number)
        else { return }
        if requested.isAltered { return await giveUp("the table has been altered; ask again") }
        let index = assembler.number(of: requested.relation)
        switch assembler.requested?.window.highMark(of: number, chunk.snapshot) {
        case .send: break
        case .readAgain(let reason):
            logger.info(
                "a chunk of a requested snapshot is read again",
                metadata: ["table": "\(followed.request.table)", "reason": "\(reason)"])
            return followed.run.exchange.answer(.readAgain)
        case nil: return
        }
        // One that is about to end has no room for a chunk.
        try await flushFull()
        let (rows, bytes): (UInt64, Int)
        do throws(PipelineError) {
            (rows, bytes) = try await send(&chunk, requested.plan, requested.condition)
        } catch {
            // The stream can do without these rows, and the next start would find the same.
            guard error.isOfRequest else { throw error }
            return await giveUp("\(error)")
        }
        let leaf = followed.leaves[chunk.leaf]
        requests.wasSent(
            session.checkpoint.open(records: 0, bytes: 0, confirmable: nil),
            upTo: RequestProgress.Place(oid: leaf.oid, fileNode: leaf.fileNode, next: chunk.end), rows: rows,
            bytes: bytes,
            isLast: chunk.isLast)
        self.followed?.hasSentAll = chunk.isLast
        assembler.note(nil, of: index, rows: rows)
        metrics.snapshot.rows.increment(by: rows)
        metrics.snapshot.bytes.increment(by: UInt64(bytes))
        metrics.snapshot.chunksDone.increment()
        // Rows that the condition leaves out were read all the same, so the rate counts them.
        followed.run.exchange.answer(.sent(bytes: max(bytes, chunk.lines.byteCount)))
        try await flushFull()
    }

    private enum RowOutcome {
        case done
        case topic(String)
    }

    /// - Returns: how many rows were sent, and the bytes of their records.
    private func send(
        _ chunk: inout RequestedChunk, _ plan: RowPlan, _ condition: FilterPlan?
    ) async throws(PipelineError) -> (rows: UInt64, bytes: Int) {
        var row = CopyRow()
        var rows: UInt64 = 0
        var bytes = 0
        var index = 0
        var isDecoded = false
        while index < chunk.lines.count {
            let outcome = try chunk.lines.withLine(index) { line throws(PipelineError) -> RowOutcome in
                if !isDecoded {
                    do throws(CopyRowError) {
                        try row.decode(line, columns: plan.relation.columns.count)
                    } catch {
                        throw .malformedRow("\(error)", table: plan.table)
                    }
                    if assembler.requested?.window.isTouched(row, in: UnsafeRawBufferPointer(line)) == true {
                        return .done
                    }
                    guard try passes(row, UnsafeRawBufferPointer(line).bytes, condition) else { return .done }
                    rows += 1
                }
                return try append(row, UnsafeRawBufferPointer(line).bytes, plan)
            }
            switch outcome {
            case .done:
                index += 1
                isDecoded = false
            case .topic(let name):
                // The line's escapes are resolved by now.
                isDecoded = true
                try await open(topic: name)
            }
            if assembler.isFull {
                bytes += assembler.batch.byteCount
                try await flush()
            }
        }
        bytes += assembler.batch.byteCount
        try await flush()
        return (rows, bytes)
    }

    private func passes(
        _ row: borrowing CopyRow, _ bytes: RawSpan, _ condition: FilterPlan?
    ) throws(PipelineError) -> Bool {
        guard let condition else { return true }
        do throws(MappingError) { return try condition.passes(.insert, .none, row.tuples, bytes) } catch {
            throw .mapping(error, at: assembler.place)
        }
    }

    private func append(
        _ row: borrowing CopyRow, _ bytes: RawSpan, _ plan: RowPlan
    ) throws(PipelineError) -> RowOutcome {
        var context = ChangeContext(lsn: assembler.place)
        context.reselected = nil
        let mark = assembler.batch.mark
        do throws(MappingError) {
            try plan.snapshot(row.tuples, bytes, context, to: &assembler.batch)
        } catch {
            assembler.batch.rewind(to: mark)
            if case .unopenedTopic(let name) = error { return .topic(name) }
            guard error.isOfOneChange, plan.rule.onError != .stop else {
                throw PipelineError(error, at: assembler.place)
            }
            if plan.rule.onError == .deadLetter {
                assembler.letter.append(
                    .snapshot, .none, plan, row.tuples, bytes, context, reason: "\(error)", to: &assembler.batch)
            }
            assembler.note(
                FailedChanges(
                    origin: "\(plan.table)", action: plan.rule.onError, count: 1, reason: "\(error)",
                    lsn: assembler.place), of: Int(plan.number), rows: 0)
        }
        return .done
    }
}
