/// One of `headers`: a name and the template of its value.
public struct HeaderRule: Hashable, Sendable {
    public var name: String
    public var value: Template

    public init(name: String, value: Template) {
        self.name = name
        self.value = value
    }

    /// `headers: standard`: where a record comes from. Names are ours, so that they meet nobody else's. Whether it is of a
    /// snapshot the operation tells.
    public static let standard: [HeaderRule] = Template.Field.allCases.filter { $0 != .source }.map {
        HeaderRule(name: "pqcdc.\($0.rawValue)", value: Template(text: "{\($0.rawValue)}", parts: [.field($0)]))
    }
}
