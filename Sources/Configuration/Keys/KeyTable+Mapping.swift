import RowMapping

extension KeyTable {
    static let mapping: [KeySpecification] =
        [
            .init(
                "mapping.unmapped", choice(of: UnmappedAction.self), .value("skip"),
                "A change of a table that no rule names: skip or error."),
            .init(
                "mapping.defaults.topic", .text, .absent("each table names its own"),
                "Topic of every table that names none, with {schema}, {table}, {operation} or {column:name} in it."),
        ]
        + rules.map { $0.below("mapping.defaults") }
        + [
            .init(
                "mapping.tables.*.topic", .text,
                .absent("kafka.tableTopicMapping or mapping.defaults.topic names it"),
                "Topic of the table's records; {schema}, {table}, {operation} and {column:name} are replaced."),
            .init(
                "mapping.tables.*.filter", .text, .absent("every change is sent"),
                "Only changes that this condition holds for are sent (docs/mapping.md)."),
        ]
        + rules.map { $0.below("mapping.tables.*", default: .inherited) }
        + columns.map { $0.below("mapping.tables.*.columns") }
        + formats.map { $0.below("mapping.tables.*.columns.formats.*", default: .inherited) }
        + outbox.map { $0.below("mapping.tables.*.outbox") }
        + elsewhere

    /// Rules for what is no row, and for what becomes no record.
    private static let elsewhere: [KeySpecification] = [
        .init(
            "mapping.messages.*.topic", .text, .required,
            "Topic of logical messages with this prefix; a * that ends it stands for any characters."),
        .init(
            "mapping.messages.*.content", choice(of: MessageRule.Content.self), .value("text"),
            "What the content is: text, json, base64 (for any bytes), or raw: the record's value and nothing else."),
        .init(
            "mapping.deadLetter.topic", .text, .absent("no rule may say deadLetter"),
            "Topic of what onError: deadLetter and onOversize: deadLetter give up."),
        .init(
            "mapping.schemaChanges.topic", .text, .absent("no record is sent"),
            "Topic of a record for each shape that a table takes, with its old and new columns."),
        .init(
            "mapping.hmacKey", .text, .absent("no column is masked with hmac-sha256"),
            "Key of hmac-sha256 masks; better ${HMAC_KEY} or hmacKeyFile than the text itself.", isSecret: true),
        .init(
            "mapping.hmacKeyFile", .text, .absent("no file is read"),
            "File with the key of hmac-sha256 masks; found as cdc.passwordFile is."),
    ]
}

extension KeySpecification {
    /// The key in the section `path`, with another default where one is given.
    fileprivate func below(_ path: String, default: Default? = nil) -> KeySpecification {
        var key = self
        key.path = "\(path).\(self.path)"
        if let `default` { key.default = `default` }
        return key
    }
}
