/// Why the harness could not give a test what it asked for: the sentence a failing test prints.
public struct HarnessError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
