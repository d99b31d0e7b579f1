import RowMapping

extension SettingsReader {
    /// The rules that a table's section or `mapping.defaults` gives, each checked by itself.
    func declaredRules(_ section: CheckedSection) -> DeclaredRules {
        func choice<Choice: RawRepresentable<String>>(_ name: String, _ type: Choice.Type) -> Choice? {
            section.has(name) ? section.choice(name, as: type) : nil
        }
        var rules = DeclaredRules()
        rules.topic = declaredTopic(section)
        rules.illegalTopicCharacters = choice("illegalTopicCharacters", IllegalTopicAction.self)
        rules.key = section.has("key") ? columns(section, "key") : nil
        rules.keyFormat = choice("keyFormat", KeyFormat.self)
        rules.partition = partition(section)
        rules.envelope = envelope(section)
        rules.headers = headers(section)
        rules.timestamp = choice("timestamp", RecordTimestamp.self)
        rules.onDelete = choice("onDelete", DeleteAction.self)
        rules.onTruncate = choice("onTruncate", TruncateAction.self)
        rules.onError = failureAction(section, "onError")
        rules.onOversize = failureAction(section, "onOversize")
        rules.operationField = section.has("operationField") ? section.text("operationField") : nil
        rules.skipUnchanged = section.givenBoolean("skipUnchanged")
        rules.unchangedTOAST = choice("unchangedToast", UnchangedTOASTAction.self)
        rules.unchangedTOASTPlaceholder =
            section.has("unchangedToastPlaceholder") ? section.text("unchangedToastPlaceholder") : nil
        return rules
    }

    private func envelope(_ section: CheckedSection) -> Envelope? {
        guard section.has("envelope") else { return nil }
        return section.text("envelope") == "before-after" ? .beforeAfter : .row
    }

    private func partition(_ section: CheckedSection) -> PartitionRule? {
        guard let entry = section.entry("partition") else { return nil }
        guard case .section(let choice) = entry.value else { return .key }
        if choice.has("columns"), let number = choice.entry("number") {
            collector.error(
                "\(choice.path) has both columns and number", at: number.keyPosition, note: "give one of them")
        }
        if choice.has("columns") { return .columns(columns(choice, "columns")) }
        if choice.has("number") {
            check(choice, "number", IdentifierText.problem)
            return .number(choice.requiredText("number"))
        }
        // An unknown key was meant as one of the two.
        if !choice.holdsUnknown {
            collector.error("\(choice.path) has neither columns nor number", at: entry.keyPosition)
        }
        return .key
    }

    private func failureAction(_ section: CheckedSection, _ name: String) -> FailureAction? {
        guard section.has(name) else { return nil }
        let action = section.choice(name, as: FailureAction.self)
        let mapping = file.section("mapping")
        if action == .deadLetter, !mapping.isRefused("deadLetter"), !mapping.section("deadLetter").has("topic") {
            collector.error(
                "\(section.path(of: name)): deadLetter needs a topic", at: section.position(of: name),
                note: "give it as mapping.deadLetter.topic")
        }
        return action
    }
}
