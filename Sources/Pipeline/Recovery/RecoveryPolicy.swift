internal import ReplicationProtocol
internal import RowMapping

/// What follows from an error. Pure, one switch for each kind, tested as a table.
public enum RecoveryPolicy {
    public enum Decision: Hashable, Sendable {
        /// Start afresh, after a while.
        case retry
        /// End the process; a person must act, and `advice` says how.
        case stop(ExitStatus, advice: String)
    }

    public static func decide(_ error: PipelineError) -> Decision {
        switch error {
        case .source(let failure): decide(failure)
        case .unfit(let problem): decide(problem)
        case .position(let problem, let slot): decide(problem, slot: slot)
        case .topicTaken(_, "Kafka"): .stop(.configuration, advice: "correct mapping's topics")
        case .topicTaken(_, let key):
            .stop(.configuration, advice: "name another topic in \(key), or correct mapping's topics")
        case .unreadablePosition(_, let topic):
            .stop(
                .unavailable,
                advice: "see who else writes to topic \"\(topic)\"; this pipeline wants it for itself and its like")
        case .malformedStream:
            .stop(.protocol, advice: "please report this with the server's version; nothing was confirmed past it")
        case .malformedRow:
            .stop(.protocol, advice: "please report this with the server's version; no row was passed over")
        case .unreadableTables(let tables): decide(tables)
        case .snapshotStopped: .stop(.unavailable, advice: "start again; what is done is not read again")
        case .mapping(let mapping, _): decide(mapping)
        case .sink(let failure): decide(failure)
        case .refused(let record): decide(record)
        case .stateTopicMissing(let topic, _):
            .stop(
                .unavailable,
                advice:
                    "find out who deleted topic \"\(topic)\" (kafka.stateTopic); the next start creates it, compacted, if "
                    + "the brokers have not done so meanwhile, and goes on at the slot")
        case .transactionExpired: .retry
        case .topicMissing(let topic):
            .stop(
                .unavailable,
                advice: "create topic \"\(topic)\", or set kafka.allowAutoTopicCreation: true")
        case .topicNotCreated(let topic):
            .stop(
                .unavailable,
                advice: "create topic \"\(topic)\", or let the brokers create topics (auto.create.topics.enable)")
        case .stopTimedOut:
            .stop(.unavailable, advice: "see why Kafka does not take records, or raise shutdownTimeout")
        case .stopped: .stop(.success, advice: "")
        }
    }

    /// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
    private static func passOver(_ place: SourceFailure.Place) -> String {
        "see PostgreSQL's log for the value: a row filter of the publication fails for it, or it is not valid in its "
            + "encoding. Correct the filter (ALTER PUBLICATION … SET TABLE … WHERE …), which helps changes from then on; those "
            + "of before are decoded with the filter of their time. To give up the change at \(place.lsn), and all others up "
            + "to now: SELECT pg_replication_slot_advance('\(place.slot)', pg_current_wal_lsn()), start once with "
            + "cdc.slot.onGap: accept, and load the tables again, as with pqcdc-kafka snapshot"
    }

    private static func decide(_ failure: SourceFailure) -> Decision {
        guard let sqlState = failure.sqlState else { return .retry }
        // Another session has ended, and another consistent point takes its place, whatever the server calls that:
        // 22023, 42704 or 55000, by its version and by the moment.
        if failure.statement == .borrowing { return .retry }
        // A data exception: the change will be the same at each attempt, and so will the catalog that it is decoded with.
        if let place = failure.decoding, sqlState.hasPrefix("22") { return .stop(.data, advice: passOver(place)) }
        switch sqlState {
        case "28P01":
            return .stop(.permission, advice: "check cdc.username and cdc.password")
        case "28000":
            return .stop(.permission, advice: "check cdc.username and the server's pg_hba.conf")
        case "3D000":
            return .stop(.unavailable, advice: "check cdc.database")
        case "42501":
            return .stop(
                .permission,
                advice: "give the role what it lacks: ALTER ROLE … REPLICATION to stream, or, for unchangedToast: "
                    + "reselect, GRANT SELECT ON the table TO the role; see validate --online")
        default: break
        }
        return switch failure.statement {
        case .borrowing: .retry
        case .catalog: decide(ofCatalog: sqlState)
        case .rows: decide(ofRows: sqlState)
        case .replication: decide(ofReplication: sqlState)
        }
    }

    /// Objects that are gone by now, or not there yet, make a question fail that the next session may ask again. What the
    /// server does not understand it will not understand later.
    private static func decide(ofCatalog sqlState: String) -> Decision {
        switch sqlState {
        case "42601", "42883":  // syntax_error, undefined_function
            .stop(.unavailable, advice: "use PostgreSQL 14 to 18; see pqcdc-kafka validate --online")
        default: .retry
        }
    }

    private static func decide(ofRows sqlState: String) -> Decision {
        switch sqlState {
        case "21000":
            return .stop(
                .data,
                advice: "give the table a key that is unique, or set unchangedToast: omit, or REPLICA IDENTITY FULL, "
                    + "with which nothing is read again")
        case "42P01", "42703", "3F000":  // undefined_table, undefined_column, invalid_schema_name
            // Dropped or renamed since it was planned for: the next session looks at what there is.
            return .retry
        case "55000":
            return .stop(
                .unavailable,
                advice: "REFRESH a materialized view that was never filled; run pqcdc-kafka validate --online")
        default:
            return isOfDataOrStatement(sqlState)
                ? .stop(.unavailable, advice: "correct the condition or the row; see pqcdc-kafka validate --online")
                : .retry
        }
    }

    /// Wrong statements and wrong data do not mend themselves; everything else (resources, operator intervention, crashes,
    /// connections) does.
    private static func isOfDataOrStatement(_ sqlState: String) -> Bool {
        sqlState.hasPrefix("42") || sqlState.hasPrefix("22")
    }

    private static func decide(ofReplication sqlState: String) -> Decision {
        switch sqlState {
        case "42704":
            return .stop(
                .unavailable,
                advice:
                    "run pqcdc-kafka validate --online; if it misses nothing, the slot holds changes of a time without "
                    + "the publication, which cannot be decoded: give up what it holds with SELECT "
                    + "pg_replication_slot_advance(slot, pg_current_wal_lsn()), and have pqcdc-kafka snapshot send the "
                    + "tables again")
        case "58P01":
            return .stop(
                .unavailable,
                advice: "the WAL that the slot needs has been removed; drop the slot, run pqcdc-kafka setup, and load "
                    + "the tables again")
        case "55000":
            return .stop(
                .unavailable, advice: "run pqcdc-kafka validate --online to see what the slot or the server lacks")
        case "0A000":
            return .stop(
                .unavailable,
                advice:
                    "the server cannot do what is asked: a standby decodes from PostgreSQL 16 on only, and no version "
                    + "before 14 has what is needed; run pqcdc-kafka validate --online")
        default:
            return isOfDataOrStatement(sqlState)
                ? .stop(.unavailable, advice: "run pqcdc-kafka validate --online") : .retry
        }
    }

    private static func decide(_ tables: [UnreadableTable]) -> Decision {
        if tables.allSatisfy({ $0.reason == .noPrivilege || $0.reason == .hidesRows }) {
            return .stop(
                .permission,
                advice: "GRANT SELECT ON the table TO the role, or give it BYPASSRLS; or leave the table out of "
                    + "cdc.snapshot.tables")
        }
        return .stop(
            .configuration, advice: "correct cdc.snapshot.tables, the mapping or the publication: see validate --online"
        )
    }

    private static func decide(_ problem: PositionProblem, slot: String) -> Decision {
        let accept = "set cdc.slot.onGap: accept to go on at the slot"
        switch problem {
        case .gap(let from, let to, _):
            return .stop(
                .unavailable,
                advice:
                    "find out who recreated or advanced slot \"\(slot)\"; load the changes from \(from) to \(to) by "
                    + "other means, or \(accept)")
        case .walBehind, .walBehindSnapshot:
            return .stop(.unavailable, advice: "find out whether this is the right server; if it is, \(accept)")
        case .parted, .otherHistory:
            return .stop(
                .unavailable,
                advice:
                    "find out whether this is the right server, such as a standby that lagged when it was promoted, or "
                    + "a backup; if it is, compare what Kafka has with the tables, and set cdc.slot.onGap: accept to "
                    + "stream all that this server has")
        case .olderTimeline:
            return .stop(
                .unavailable,
                advice:
                    "let cdc.host lead to the server that was promoted; if this one is to be followed all the same, give "
                    + "the pipeline a slot of another name, which begins anew")
        case .otherSystem:
            return .stop(
                .unavailable,
                advice:
                    "if both servers are streamed from, give this pipeline a name of its own in cdc.pipeline, or another "
                    + "kafka.stateTopic or cdc.slot.name; if this server replaced the other on purpose, changes in "
                    + "between may be missing: load them, or \(accept)")
        }
    }

    private static func decide(_ error: MappingError) -> Decision {
        switch error {
        case .unknownKeyColumns(_, let table):
            .stop(.data, advice: "correct key in the rule for \(table) in mapping.tables")
        case .hiddenPrimaryKey(_, let table):
            .stop(
                .data,
                advice:
                    "set key in the rule for \(table) in mapping.tables to columns that identify a row and are sent; "
                    + "or have the column sent: add it to the publication's column list, or, for a generated one, use "
                    + "PostgreSQL 18 and publish_generated_columns = stored")
        case .unknownColumns(_, "columns", let table):
            .stop(
                .data,
                advice: "correct columns in the rule for \(table) in mapping.tables, or set columns.missing: warn")
        case .unknownColumns(_, let rule, let table):
            .stop(.data, advice: "correct \(rule) in the rule for \(table) in mapping.tables")
        case .unfitFilter(_, let table):
            .stop(.data, advice: "correct filter in the rule for \(table) in mapping.tables")
        case .duplicateField(_, let table):
            .stop(.configuration, advice: "correct columns.rename, columns.constants or operationField of \(table)")
        case .keyNotInReplicaIdentity(_, let table), .keyNotSent(_, let table):
            .stop(
                .data,
                advice: "ALTER TABLE \(table) REPLICA IDENTITY FULL, or take key, partition and topic from the replica "
                    + "identity's columns; changes already in the WAL keep the old identity")
        case .illegalTopic(_, let table), .illegalTopicOfRow(let table):
            .stop(
                .data,
                advice:
                    "correct topic in the rule for \(table) in mapping.tables, set illegalTopicCharacters: replace, or see onError"
            )
        case .takenTopicOfRow(let table), .missingTopicOfRow(_, let table):
            .stop(.data, advice: "correct topic in the rule for \(table) in mapping.tables, or see onError")
        case .illegalPartition(_, let table):
            .stop(
                .data,
                advice:
                    "correct partition in the rule for \(table) in mapping.tables, or the row's value, or see onError")
        case .malformedMessage(let prefix, _):
            .stop(.data, advice: "set content: base64 in mapping.messages for \(prefix), or see onError")
        case .columnCountMismatch, .unexpectedBinary, .unknownRelation, .unopenedTopic, .unfetchedColumns:
            .stop(.protocol, advice: "please report this with the server's version")
        case .unrepresentable(_, let table):
            .stop(
                .data,
                advice:
                    "set timestamps: iso for the column in columns.formats of the rule for \(table) in "
                    + "mapping.tables; the row is not skipped"
            )
        case .malformedValue:
            .stop(.data, advice: "please report this with the column's type; the row is not skipped")
        case .unmappedTable(let table):
            .stop(
                .configuration,
                advice:
                    "add mapping.tables.\(table), take the table out of the publication, or set mapping.unmapped: skip")
        }
    }

    /// A code that the table does not have is of a later librdkafka, and not known to be permanent.
    private static func decide(_ failure: SinkFailure) -> Decision {
        guard let code = KafkaCode(rawValue: failure.code) else { return .retry }
        return switch code.consequence {
        case .wait, .retry: .retry
        case .failedRow: .stop(.data, advice: failure.advice ?? code.advice)
        case .stop(let status): .stop(status, advice: failure.advice ?? code.advice)
        }
    }

    private static func decide(_ record: RefusedRecord) -> Decision {
        let rule = "in the rule for \(record.origin) in \(record.isMessage ? "mapping.messages" : "mapping.tables")"
        let advice =
            switch record.refusal.kind {
            case .tooLarge:
                "raise the topic's max.message.bytes and message.max.bytes in kafka.properties, or set onOversize: "
                    + "deadLetter or skip \(rule); the row is not skipped"
            case .noSuchPartition:
                "give the topic more partitions, correct partition \(rule), or set onError: deadLetter or skip there"
            case .withoutKey: "give it a key \(rule), or set onError: deadLetter or skip there; the row is not skipped"
            case .untimely:
                "raise the topic's message.timestamp.before.max.ms and message.timestamp.after.max.ms, or remove "
                    + "timestamp: commit \(rule), or set onError: deadLetter or skip there; the row is not skipped"
            }
        return .stop(.data, advice: advice)
    }
}
