/// The answer to one HTTP request.
public struct HTTPAnswer: Sendable {
    public let status: Int
    public let head: String
    public let body: String

    /// Asks a port of this machine.
    public init(port: UInt16, path: String) throws {
        let text = try HTTPGet.answer(port: port, path: path)
        // A line's end is one Character.
        let parts = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        let words = parts[0].split(separator: " ")
        guard words.count > 1, let status = Int(words[1]), let end = parts.firstIndex(of: "") else {
            throw HarnessError("port \(port) does not answer \(path): \(text)")
        }
        self.status = status
        head = parts[..<end].joined(separator: "\r\n")
        body = parts[(end + 1)...].joined(separator: "\r\n")
    }

    /// The samples of an answer in Prometheus' text format, by name and labels.
    public var samples: [String: Double] {
        var samples: [String: Double] = [:]
        for line in body.split(separator: "\n") where !line.hasPrefix("#") {
            if let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) {
                samples[String(line[..<space])] = value
            }
        }
        return samples
    }
}
