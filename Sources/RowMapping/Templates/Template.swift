/// A text with placeholders, as a topic's name or a header's value is written: `cdc.{schema}.{column:region|lower}`.
///
/// Parsed, and not yet bound to a table; ``TemplatePlan`` evaluates. A brace that is meant as one is doubled.
public struct Template: Hashable, Sendable, CustomStringConvertible {
    /// What a placeholder stands for, other than a column's value.
    public enum Field: String, CaseIterable, Sendable {
        /// `INSERT`, `UPDATE`, `DELETE`, `TRUNCATE` or `MESSAGE`.
        case operation
        case schema, table
        /// Where the change's record stands in the WAL.
        case lsn
        /// Where the transaction's commit record stands.
        case commitLsn
        case xid
        /// ISO 8601 in UTC, to the microsecond.
        case commitTime
        /// The change's number in its transaction, from 1.
        case txOrdinal
        /// `initial-snapshot` for a row of a snapshot, `cdc` for a change: go-pq-cdc-kafka's words.
        case source
    }

    public enum LetterCase: String, CaseIterable, Sendable { case lower, upper }

    public enum Part: Hashable, Sendable {
        case text(String)
        case field(Field)
        /// A column's value, as PostgreSQL prints it; without a letter case as it is.
        case column(String, LetterCase?)
    }

    /// As it was written.
    public let text: String
    /// Two texts never follow each other, and none is empty.
    public let parts: [Part]

    /// A template that is just `text`, braces and all.
    public init(literal text: String) {
        self.text = text
        parts = text.isEmpty ? [] : [.text(text)]
    }

    package init(text: String, parts: [Part]) {
        self.text = text
        self.parts = parts
    }

    public var description: String { text }

    /// The columns whose values it asks for.
    public var columns: [String] {
        parts.compactMap { if case .column(let name, _) = $0 { name } else { nil } }
    }

    /// The fields that it asks for.
    public var fields: Set<Field> {
        Set(parts.compactMap { if case .field(let field) = $0 { field } else { nil } })
    }
}

extension Template: ExpressibleByStringLiteral {
    /// A literal in code is text, not a template.
    public init(stringLiteral text: String) { self.init(literal: text) }
}
