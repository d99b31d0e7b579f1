import RowMapping

extension SettingsReader {
    /// `mapping.hmacKey`, or what `mapping.hmacKeyFile` holds.
    func maskKey(_ mapping: CheckedSection) -> MaskKey? {
        if let secret = secret(in: mapping, text: "hmacKey", file: "hmacKeyFile") { return MaskKey(secret.reveal()) }
        // One that is given and wrong has been reported; its masks are not to be called keyless.
        return mapping.has("hmacKey") || mapping.has("hmacKeyFile") ? MaskKey("") : nil
    }

    /// `columns.mask` of a table.
    func masks(_ columns: CheckedSection, key: MaskKey?) -> [String: Mask] {
        let section = columns.section("mask")
        var masks: [String: Mask] = [:]
        for entry in section.entries {
            if let problem = IdentifierText.problem(entry.name) {
                collector.error("\(section.path): the name of a column \(problem)", at: entry.keyPosition)
            }
            guard case .text(let text) = entry.value else { continue }
            do throws(MaskError) {
                masks[entry.name] = try Mask.parse(text, key: key)
            } catch {
                let message =
                    entry.variable.map { "the value of ${\($0)} is no mask" }
                    ?? KeyChecker.printable(error.message, limit: 300)
                collector.error(
                    "\(section.path(of: KeyChecker.quoted(entry.name, plainly: true))): \(message)",
                    at: entry.position, note: entry.variable == nil ? error.note : nil)
            }
        }
        return masks
    }

    /// Reports masks that have no effect, and those that leave a table with one key.
    func checkMasks(_ table: CheckedSection, _ rule: TableRule) {
        let section = table.section("columns").section("mask")
        for entry in section.entries {
            let path = section.path(of: KeyChecker.quoted(entry.name, plainly: true))
            let isKey = rule.key?.contains(entry.name)
            if isKey == true, rule.columns.mask[entry.name] == .redact {
                collector.error(
                    "\(path): redact gives all rows the same key", at: entry.position,
                    note: "sha256 or hmac-sha256 keeps keys apart")
            } else if isKey != true, !rule.columns.includes(entry.name), !rule.names(entry.name) {
                collector.warning(
                    "\(path) has no effect: the column is left out of the value", at: entry.keyPosition,
                    note: isKey == nil ? "remove it, unless the column is part of the primary key" : "remove it")
            }
        }
    }
}

extension TableRule {
    /// Whether a topic, header or partition is made from the column's value.
    fileprivate func names(_ column: String) -> Bool {
        let partition =
            switch self.partition {
            case .key: [String]()
            case .columns(let columns): columns
            case .number(let column): [column]
            }
        return (topic.columns + headers.flatMap(\.value.columns) + partition).contains(column)
    }
}
