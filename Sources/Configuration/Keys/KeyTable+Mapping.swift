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
                "Topic of the table's records.")
        ]
        + rules.map { rule in
            var rule = rule
            rule.path = "mapping.tables.*.\(rule.path)"
            rule.default = .inherited
            return rule
        }

    /// What can be said for one table, and in `mapping.defaults` for all.
    private static let rules: [KeySpecification] = [
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
    ]
}
