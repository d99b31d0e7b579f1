import RowMapping

extension SettingsReader {
    /// `mapping.messages`, with what `mapping.defaults` says of records laid under.
    func messages(_ mapping: CheckedSection, _ defaults: DeclaredRules) -> [MessageRule] {
        let headers = (defaults.headers ?? []).filter(Self.suitsMessages)
        var earlier: [(rule: MessageRule, line: Int)] = []
        for entry in mapping.section("messages").entries {
            guard case .section(let section) = entry.value else { continue }
            if entry.name.unicodeScalars.dropLast().contains("*") {
                collector.error(
                    "\(KeyChecker.quoted(entry.name)) is no prefix of messages: a * can only end it",
                    at: entry.keyPosition)
            }
            if let first = earlier.first(where: { Self.covers($0.rule.prefix, entry.name) }) {
                collector.warning(
                    "\(section.path) is never reached: \(KeyChecker.quoted(first.rule.prefix)) stands before it",
                    at: entry.keyPosition, note: "move it before line \(first.line)")
            }
            let rule = MessageRule(
                prefix: entry.name, topic: constantTopic(section) ?? "",
                content: section.choice("content", as: MessageRule.Content.self) ?? .text, headers: headers,
                timestamp: defaults.timestamp ?? .now, onError: defaults.onError ?? .stop,
                onOversize: defaults.onOversize ?? .stop)
            earlier.append((rule, entry.keyPosition.line))
        }
        return earlier.map(\.rule)
    }

    /// A message belongs to no table.
    private static func suitsMessages(_ header: HeaderRule) -> Bool {
        header.value.columns.isEmpty && header.value.fields.isDisjoint(with: [.schema, .table])
    }

    /// Whether every message of `prefix` is one of `other`'s.
    private static func covers(_ other: String, _ prefix: String) -> Bool {
        other.utf8.last == UInt8(ascii: "*") && prefix.utf8.starts(with: other.utf8.dropLast())
    }
}
