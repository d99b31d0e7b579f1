internal import ReplicationProtocol
internal import RowMapping

extension BatchAssembler {
    @inline(__always)
    mutating func take(_ bytes: RawSpan) throws(PipelineError) -> Step {
        let frame: StreamFrame
        do { frame = try StreamFrame(decoding: bytes) } catch {
            throw .malformedStream(error, at: confirmable ?? .zero)
        }
        switch frame {
        case .keepalive(let walEnd, _, _):
            // Everything below has been decoded and sent, and all of it that is ours came before this frame.
            if !isInTransaction {
                try expectHistory(upTo: walEnd)
                mayConfirm(walEnd)
            }
            return isInTransaction ? .consumed : .boundary
        case .walData(let walStart, _, _):
            return try take(bytes, at: walStart)
        }
    }

    @inline(__always)
    private mutating func take(_ bytes: RawSpan, at lsn: LSN) throws(PipelineError) -> Step {
        context.lsn = lsn
        guard let change = WALMessage.rowChange(in: bytes, from: StreamFrame.walDataHeaderLength) else {
            return try takeOther(bytes, at: lsn)
        }
        if partitions.isPending { partitions.changeCame(of: change.relation) }
        if ordinal < skippedChanges {
            ordinal &+= 1
            return .consumed
        }
        guard let index = try table(change.relation, at: lsn) else { return needsPlan(change.relation) }
        if finalLSN < tables[index].threshold.skipBelow {
            // A snapshot has the row as it was later.
            ordinal &+= 1
            return .consumed
        }
        // A table without a rule costs its header and this look-up.
        if tables[index].plan != nil {
            let message = try decode(bytes, at: lsn)
            guard let plan = tables[index].plan(for: message, of: finalLSN) else {
                preconditionFailure("a table with a plan has one for each change")
            }
            if tables[index].isRequested { noteRequested(message, bytes) }
            context.ordinal = ordinal &+ 1
            let mark = batch.mark
            do throws(MappingError) {
                switch message {
                case .insert: try plan.insert(tuples, bytes, context, to: &batch)
                case .update(_, let old): try plan.update(old, tuples, bytes, context, to: &batch)
                case .delete(_, let old): try plan.delete(old, tuples, bytes, context, to: &batch)
                default: preconditionFailure("a row's change decodes as one")
                }
            } catch {
                batch.rewind(to: mark)
                if let step = try recover(from: error, message, table: index, plan, bytes, at: lsn) { return step }
            }
        }
        tables[index].count(change.kind)
        ordinal &+= 1
        return .consumed
    }

    /// What an error of one row leads to; nil when the change is done with.
    @inline(never)
    private mutating func recover(
        from error: MappingError, _ message: WALMessage, table index: Int, _ plan: RowPlan, _ bytes: RawSpan,
        at lsn: LSN
    ) throws(PipelineError) -> Step? {
        switch error {
        case .unopenedTopic(let name): return .topic(name)
        case .unfetchedColumns(let indexes):
            return .reselect(Reselection(indexes, of: plan, tuples, bytes))
        default: break
        }
        guard error.isOfOneChange, plan.rule.onError != .stop else { throw PipelineError(error, at: lsn) }
        if plan.rule.onError == .deadLetter {
            let (operation, old): (ChangeOperation, OldTuple) =
                switch message {
                case .insert: (.insert, .none)
                case .update(_, let old): (.update, old)
                case .delete(_, let old): (.delete, old)
                default: preconditionFailure("a row's change decodes as one")
                }
            letter.append(operation, old, plan, tuples, bytes, context, reason: "\(error)", to: &batch)
        }
        tables[index].count(failed: plan.rule.onError, reason: "\(error)", at: lsn)
        return nil
    }

    /// There wherever a rule asks for it; see ``MappingRules/deadLetterTopic``.
    var letter: DeadLetter {
        guard let deadLetter else { preconditionFailure("a rule that sends dead letters has a topic for them") }
        return deadLetter
    }

    private func needsPlan(_ relation: OID) -> Step {
        guard let shape = shapeWithoutPlan(relation) else {
            preconditionFailure("a table without a number has been described")
        }
        return .relation(shape)
    }

    /// Everything but the changes of rows.
    private mutating func takeOther(_ bytes: RawSpan, at lsn: LSN) throws(PipelineError) -> Step {
        switch try decode(bytes, at: lsn) {
        case .relation(let relation): describe(relation)
        case .begin(let begin):
            context.transaction = begin
            finalLSN = begin.finalLSN
            try expectHistory(of: begin)
            if commitTime == nil { commitTime = begin.commitTime }
            ordinal = 0
            requested?.window.transactionBegan()
            skippedChanges = changesToSkip(of: begin)
        case .commit(let commit):
            if let begin = context.transaction {
                lastTransaction = TransactionMark(
                    xid: begin.xid, commit: begin.finalLSN, end: commit.endLSN, time: begin.commitTime)
            }
            context.transaction = nil
            skippedChanges = 0
            transactions &+= 1
            mayConfirm(commit.endLSN)
            return .boundary
        case .truncate where ordinal < skippedChanges:
            partitions.otherCame()
            ordinal &+= 1
        case .truncate(let truncate):
            partitions.otherCame()
            var indexes: [Int] = []
            for relation in truncate.relations {
                guard let index = try table(relation, at: lsn) else { return needsPlan(relation) }
                indexes.append(index)
            }
            context.ordinal = ordinal &+ 1
            for index in indexes where finalLSN >= tables[index].threshold.skipBelow {
                tables[index].truncates &+= 1
                if tables[index].isRequested {
                    requested?.window.tableWasTruncated(xid: context.transaction?.xid ?? 0)
                }
                tables[index].plan?.truncate(truncate, context, to: &batch)
            }
            ordinal &+= 1
        case .message(let message): return try take(message, bytes, at: lsn)
        case .origin, .type: break
        case .insert, .update, .delete: preconditionFailure("the changes of rows are taken elsewhere")
        }
        return .consumed
    }

    private mutating func take(
        _ message: LogicalMessage, _ bytes: RawSpan, at lsn: LSN
    ) throws(PipelineError) -> Step {
        let isCounted: UInt64 = message.isTransactional ? 1 : 0
        if !message.isTransactional, !isInTransaction { try expectHistory(upTo: message.lsn) }
        if isKnown(message) {
            ordinal &+= isCounted
            return .consumed
        }
        if message.prefix.utf8.starts(with: SnapshotRequest.reservedPrefix.utf8) {
            ordinal &+= isCounted
            if !message.isTransactional, !isInTransaction { mayConfirm(message.lsn) }
            return takeOwn(message, bytes)
        }
        guard let rule = messages.rule(for: message.prefix) else {
            ordinal &+= isCounted
            return .consumed
        }
        guard let plan = messages.plans[rule] else { return .topic(messages.rules[rule].topic) }
        ordinal &+= isCounted
        var context = context
        context.lsn = message.lsn
        context.ordinal = ordinal
        if !message.isTransactional { context.transaction = nil }
        let mark = batch.mark
        do throws(MappingError) {
            try plan.append(message, bytes, context, table: MessageState.number(of: rule), to: &batch)
        } catch {
            batch.rewind(to: mark)
            guard plan.rule.onError != .stop else { throw .mapping(error, at: lsn) }
            if plan.rule.onError == .deadLetter {
                letter.append(
                    messageOf: message.prefix, table: MessageState.number(of: rule), context, reason: "\(error)",
                    to: &batch)
            }
            messages.count(failed: plan.rule.onError, reason: "\(error)", at: lsn)
        }
        // Messages outside of transactions come in the order of the WAL, between commits.
        if !message.isTransactional, !isInTransaction { mayConfirm(message.lsn) }
        return .consumed
    }

    @inline(__always)
    private mutating func decode(_ bytes: RawSpan, at lsn: LSN) throws(PipelineError) -> WALMessage {
        do throws(ProtocolError) {
            return try WALMessage(decoding: bytes, from: StreamFrame.walDataHeaderLength, into: &tuples)
        } catch {
            throw .malformedStream(error, at: lsn)
        }
    }

    /// Assembles a change whose values were read from its table.
    ///
    /// - Parameter values: in the order of the reselection's columns, nil for NULL; nil where the row is gone, which
    ///   leaves them out.
    mutating func assemble(
        _ bytes: RawSpan, _ reselection: Reselection, with values: [[UInt8]?]?
    ) throws(PipelineError) -> Step {
        let (relation, old): (OID, OldTuple?) =
            switch try decode(bytes, at: context.lsn) {
            case .update(let relation, let old): (relation, old)
            // Made of an UPDATE by a publication's filter, which the old row did not pass.
            case .insert(let relation): (relation, nil)
            default: preconditionFailure("only a change with a new row leaves values out")
            }
        let pairs = values.map { zip(reselection.indexes, $0).map { ($0, $1) } } ?? []
        let frame = RewrittenUpdate.frame(
            bytes, relation: relation, old: old, tuples, with: Dictionary(uniqueKeysWithValues: pairs))
        context.reselected = pairs.map(\.0)
        defer { context.reselected = nil }
        return try take(frame.span.bytes)
    }
}
