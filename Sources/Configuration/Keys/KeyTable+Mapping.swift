import RowMapping

extension KeyTable {
    static let mapping: [KeySpecification] =
        [
            .init(
                "mapping.unmapped", .choice(ChoiceSet(UnmappedAction.allCases.map(\.rawValue))), .value("skip"),
                "A change of a table that no rule names: skip or error.")
        ]
        + rules.map { rule in
            var rule = rule
            rule.path = "mapping.defaults.\(rule.path)"
            return rule
        } + [
            .init(
                "mapping.tables.*.topic", .text, .absent("kafka.tableTopicMapping names it"),
                "Topic of the table's records."),
            .init(
                "mapping.tables.*.filter", .text, .absent("every change is sent"),
                "Only changes that this condition holds for are sent (docs/mapping.md)."),
        ]
        + rules.map { rule in
            var rule = rule
            rule.path = "mapping.tables.*.\(rule.path)"
            rule.default = .inherited
            return rule
        }
        + columns
        + formats.map { format in
            var format = format
            format.path = "mapping.tables.*.columns.formats.*.\(format.path)"
            format.default = .inherited
            return format
        }

    /// What can be said for one table, and in `mapping.defaults` for all.
    private static let rules: [KeySpecification] =
        [
            .init(
                "key", .textList, .absent("the primary key"),
                "Columns of the record key: one gives its text, several a JSON object."),
            .init(
                "onDelete", .choice(ChoiceSet(DeleteAction.allCases.map(\.rawValue))), .value("old"),
                "What a DELETE sends: old (the old row), tombstone, both or skip."),
            .init(
                "onTruncate", .choice(ChoiceSet(TruncateAction.allCases.map(\.rawValue))), .value("skip"),
                "What a TRUNCATE sends: skip or record."),
            .init(
                "operationField", .textOrEmpty, .absent("left out"),
                "Field of the value that carries the operation's name; \"\" leaves it out."),
            .init(
                "skipUnchanged", .boolean, .value("false"),
                "Whether an UPDATE that changed no column of value or key sends nothing (with REPLICA IDENTITY FULL)."),
            .init(
                "unchangedToast", choice(of: UnchangedTOASTAction.self), .value("omit"),
                "A TOASTed value that an UPDATE did not touch and no old row carries: omit its field, or placeholder."),
            .init(
                "unchangedToastPlaceholder", .text, .value(TableRule.defaultPlaceholder),
                "Text that unchangedToast: placeholder writes."),
        ] + formats

    private static let columns: [KeySpecification] = [
        .init(
            "mapping.tables.*.columns.include", .textList, .absent("all columns"),
            "Only these columns go into the value."),
        .init(
            "mapping.tables.*.columns.exclude", .textList, .absent("no column"),
            "These columns stay out of the value; the key may hold them all the same."),
        .init(
            "mapping.tables.*.columns.rename.*", .text, .absent("the column's name"),
            "Field that the column's value goes to."),
        .init(
            "mapping.tables.*.columns.constants.*", .textOrEmpty, .absent("no constant"),
            "A field with the same text in every record."),
        .init(
            "mapping.tables.*.columns.missing", choice(of: ColumnRules.MissingAction.self), .value("stop"),
            "When a rule above names a column that is gone: stop, or warn and go on."),
    ]

    /// How values are written: for all tables, for one, or for one column.
    private static let formats: [KeySpecification] = [
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

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(of type: Choice.Type) -> ValueType {
        .choice(ChoiceSet(type.allCases.map(\.rawValue)))
    }
}
