import RowMapping

/// What one section, `mapping.defaults` or a table's, says about records; nil where it is silent.
struct DeclaredRules {
    var topic: DeclaredTopic?
    var illegalTopicCharacters: IllegalTopicAction?
    var key: [String]?
    var keyFormat: KeyFormat?
    var partition: PartitionRule?
    var envelope: Envelope?
    var headers: [HeaderRule]?
    var timestamp: RecordTimestamp?
    var onDelete: DeleteAction?
    var onTruncate: TruncateAction?
    var onError: FailureAction?
    var onOversize: FailureAction?
    /// Empty where it is switched off.
    var operationField: String?
    var skipUnchanged: Bool?
    var unchangedTOAST: UnchangedTOASTAction?
    var unchangedTOASTPlaceholder: String?

    /// These rules, and what `base` says where they are silent.
    func laid(over base: DeclaredRules) -> DeclaredRules {
        var rules = self
        rules.key = key ?? base.key
        rules.headers = headers ?? base.headers
        rules.operationField = operationField ?? base.operationField
        rules.onOversize = onOversize ?? base.onOversize
        return rules
    }

    /// A table's rule: what `own` says, else what these defaults say, else the key table's defaults.
    func rule(laidOver own: DeclaredRules?, topic: Template) -> TableRule {
        func value<Value>(_ path: KeyPath<DeclaredRules, Value?>) -> Value? {
            own?[keyPath: path] ?? self[keyPath: path]
        }
        let field = value(\.operationField) ?? ""
        var rule = TableRule(
            topic: topic, key: value(\.key), onDelete: value(\.onDelete) ?? .old,
            onTruncate: value(\.onTruncate) ?? .skip, operationField: field.isEmpty ? nil : field,
            skipUnchanged: value(\.skipUnchanged) ?? false, unchangedTOAST: value(\.unchangedTOAST) ?? .omit,
            unchangedTOASTPlaceholder: value(\.unchangedTOASTPlaceholder) ?? TableRule.defaultPlaceholder)
        rule.illegalTopicCharacters = value(\.illegalTopicCharacters) ?? .error
        rule.keyFormat = value(\.keyFormat) ?? .text
        rule.partition = value(\.partition) ?? .key
        rule.envelope = value(\.envelope) ?? .row
        rule.headers = value(\.headers) ?? []
        rule.timestamp = value(\.timestamp) ?? .now
        rule.onError = value(\.onError) ?? .stop
        rule.onOversize = value(\.onOversize) ?? .stop
        return rule
    }
}
