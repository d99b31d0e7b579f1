import RowMapping

extension KeyTable {
    /// What can be said for one table, and in `mapping.defaults` for all.
    static let rules: [KeySpecification] =
        [
            .init(
                "illegalTopicCharacters", choice(of: IllegalTopicAction.self), .value("error"),
                "A character that a placeholder brings into a topic and Kafka does not allow: error, or replace (by _)."
            ),
            .init(
                "key", .textList, .absent("the primary key"),
                "Columns of the record key: one gives its text, several a JSON object."),
            .init(
                "keyFormat", choice(of: KeyFormat.self), .value("text"),
                "A key of one column: text (as it is) or json (an object, as several columns make)."),
            .init(
                "partition", .choice(ChoiceSet(["key"])), .value("key"),
                "What chooses the partition: key, or a mapping with columns or number."),
            .init(
                "partition.columns", .textList, .absent("the key decides"),
                "Columns whose texts choose the partition, as a key made of them would."),
            .init("partition.number", .text, .absent("the key decides"), "Column that holds the partition's number."),
            .init(
                "envelope", .choice(ChoiceSet(envelopes)), .value("row"),
                "What the value holds: row (the new one, in a DELETE the old one) or before-after (both)."),
            .init(
                "headers", .choice(ChoiceSet(["none", "standard"])), .value("none"),
                "Headers of the record: none, standard (where the change comes from), or a mapping of names to texts."),
            .init(
                "headers.*", .textOrEmpty, .absent("no such header"),
                "A header's text, with {operation}, {lsn}, {xid}, {column:name} and others (docs/mapping.md) in it."),
            .init(
                "timestamp", choice(of: RecordTimestamp.self), .value("now"),
                "The record's time: now, or commit (when the transaction was committed)."),
            .init(
                "onDelete", choice(of: DeleteAction.self), .value("old"),
                "What a DELETE sends: old (the old row), tombstone, both or skip."),
            .init(
                "onTruncate", choice(of: TruncateAction.self), .value("skip"), "What a TRUNCATE sends: skip or record."),
            .init(
                "onError", choice(of: FailureAction.self), .value("stop"),
                "A change that cannot become a record: stop, deadLetter or skip."),
            .init(
                "onOversize", choice(of: FailureAction.self), .value("stop"),
                "A record that is larger than Kafka takes: stop, deadLetter or skip."),
            .init(
                "operationField", .textOrEmpty, .absent("left out"),
                "Field of the value that carries the operation's name; \"\" leaves it out."),
            .init(
                "skipUnchanged", .boolean, .value("false"),
                "Whether an UPDATE that changed no column of value or key sends nothing (with REPLICA IDENTITY FULL)."),
            .init(
                "unchangedToast", choice(of: UnchangedTOASTAction.self), .value("omit"),
                "A TOASTed value that an UPDATE left alone and no old row carries: omit its field, placeholder or reselect."
            ),
            .init(
                "unchangedToastPlaceholder", .text, .value(TableRule.defaultPlaceholder),
                "Text that unchangedToast: placeholder writes."),
        ] + formats

    /// `columns` of a table.
    static let columns: [KeySpecification] = [
        .init("include", .textList, .absent("all columns"), "Only these columns go into the value."),
        .init(
            "exclude", .textList, .absent("no column"),
            "These columns stay out of the value; the key may hold them all the same."),
        .init("rename.*", .text, .absent("the column's name"), "Field that the column's value goes to."),
        .init("constants.*", .textOrEmpty, .absent("no constant"), "A field with the same text in every record."),
        .init(
            "mask.*", .text, .absent("the value itself"),
            "What stands for the column's value: redact, sha256, hmac-sha256, last4 or truncate:8 (any number)."),
        .init(
            "missing", choice(of: ColumnRules.MissingAction.self), .value("stop"),
            "When a rule above names a column that is gone: stop, or warn and go on."),
    ]

    /// How values are written: for all tables, for one, or for one column.
    static let formats: [KeySpecification] = [
        .init(
            "numeric", choice(of: ValueFormats.NumberFormat.self), .value("number"),
            "numeric: number (all digits, as PostgreSQL prints them) or string."),
        .init(
            "int8", choice(of: ValueFormats.NumberFormat.self), .value("number"),
            "int8: number, or string for readers that lose digits above 2^53."),
        .init(
            "timestamps", choice(of: ValueFormats.TimestampFormat.self), .value("iso"),
            "timestamp and timestamptz: iso, epoch-millis, epoch-micros or postgres."),
        .init(
            "bytea", choice(of: ValueFormats.ByteaFormat.self), .value("base64"),
            "bytea: base64, or hex as PostgreSQL prints it."),
        .init(
            "json", choice(of: ValueFormats.JSONFormat.self), .value("inline"),
            "json and jsonb: inline (the document itself) or string (its text)."),
        .init(
            "floats", choice(of: ValueFormats.NonFiniteFormat.self), .value("string"),
            "NaN and infinities of numbers, which JSON has none for: string or null."),
    ]

    /// `outbox` of a table.
    static let outbox: [KeySpecification] = [
        .init(
            "aggregateType", .text, .value("aggregatetype"),
            "Column whose value follows outbox.event. in the topic's name, where topic is not given."),
        .init("key", .text, .value("aggregateid"), "Column of the record key."),
        .init("payload", .text, .value("payload"), "Column that becomes the record's value, byte by byte."),
        .init("headers", .textList, .value("id"), "Columns that become headers of the same names."),
    ]

    /// The envelopes that `envelope` can name; an outbox's comes with `outbox`.
    static let envelopes = ["row", "before-after"]

    static func choice<Choice: RawRepresentable<String> & CaseIterable>(of type: Choice.Type) -> ValueType {
        .choice(ChoiceSet(type.allCases.map(\.rawValue)))
    }
}
