/// What the program knows about one key of the file. ``KeyTable`` holds them all.
public struct KeySpecification: Sendable {
    /// What holds when the file does not give the key.
    public enum Default: Sendable, Equatable {
        /// The file must give it.
        case required
        /// The file must give it, unless nothing but a snapshot is wanted (`cdc.snapshot.mode: snapshot_only`).
        case requiredToStream
        /// The text that stands for the default, in the key's own syntax.
        case value(String)
        /// No value; the text says what happens then.
        case absent(String)
        /// `mapping.tables.*`: what `mapping.defaults` says.
        case inherited
    }

    /// A key that is accepted so that a go-pq-cdc-kafka file loads, and that does not do what it did there.
    public struct Caution: Sendable {
        /// Continues `kafka.writeTimeout `, as in "has no effect: …".
        public var text: String
        /// The value that does do what it says, and so is no reason for a warning.
        public var exceptValue: String?
    }

    /// `cdc.publication.tables[].name`: `[]` is each item of a list, `*` each name that the operator chooses.
    public var path: String
    public var type: ValueType
    public var `default`: Default
    /// One line, as it stands in `config/pqcdc-kafka.yaml`.
    public var meaning: String
    /// Whether the value must never be shown.
    public var isSecret: Bool
    public var caution: Caution?

    init(
        _ path: String, _ type: ValueType, _ default: Default, _ meaning: String, isSecret: Bool = false,
        caution: String? = nil, except exceptValue: String? = nil
    ) {
        self.path = path
        self.type = type
        self.default = `default`
        self.meaning = meaning
        self.isSecret = isSecret
        self.caution = caution.map { Caution(text: $0, exceptValue: exceptValue) }
    }
}
