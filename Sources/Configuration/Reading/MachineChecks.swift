/// What a file is checked against beyond its own text: this machine's librdkafka, and the files that it names for libraries.
/// A file that is meant for another machine is checked without.
public struct MachineChecks: Sendable {
    /// Why librdkafka, which this module does not know, refuses a property; nil if it takes it. Never quotes the value.
    let property: @Sendable (_ name: String, _ value: String) -> String?

    public init(property: @escaping @Sendable (_ name: String, _ value: String) -> String?) {
        self.property = property
    }
}
