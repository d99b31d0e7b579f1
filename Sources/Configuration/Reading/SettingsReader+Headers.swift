import RowMapping

extension SettingsReader {
    /// `headers` of a section: none, the standard ones, or those that a mapping names.
    func headers(_ section: CheckedSection) -> [HeaderRule]? {
        guard let entry = section.entry("headers") else { return nil }
        guard case .section(let headers) = entry.value else {
            return section.text("headers") == "standard" ? HeaderRule.standard : []
        }
        return headers.entries.compactMap { header in
            if header.name.isEmpty {
                collector.error("\(headers.path) has a header without a name", at: header.keyPosition)
            }
            return template(headers, header.name).map { HeaderRule(name: header.name, value: $0) }
        }
    }

    /// The template that a key holds; nil when there is none, or a wrong one, which is then reported at its character.
    func template(_ section: CheckedSection, _ name: String) -> Template? {
        guard let entry = section.entry(name), case .text(let text) = entry.value else { return nil }
        do throws(TemplateError) {
            return try Template.parse(text)
        } catch {
            report(error.message, note: error.note, offset: error.offset, in: "the template", section, entry, text)
            return nil
        }
    }

    /// Reports what is wrong at a character of a value.
    ///
    /// - Parameter what: what the value is, for a message whose position cannot show the character.
    func report(
        _ message: String, note: String?, offset: Int, in what: String, _ section: CheckedSection,
        _ entry: CheckedSection.Entry, _ text: String
    ) {
        let place = collector.valueText(text, at: entry.position)
        let path = section.path(of: KeyChecker.quoted(entry.name, plainly: true))
        if let variable = entry.variable {
            // The message may quote what the variable holds.
            collector.error(
                "\(path): there is an error at character \(offset + 1) of \(what), which holds the value of ${\(variable)}",
                at: entry.position)
            return
        }
        // It may quote the value.
        let printable = KeyChecker.printable(message, limit: 300)
        collector.error(
            "\(path): \(printable)\(place.place(offset: offset, in: what))", at: place.position(offset: offset),
            note: note)
    }
}
