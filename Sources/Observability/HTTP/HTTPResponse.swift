/// An answer of the HTTP endpoint.
public struct HTTPResponse: Hashable, Sendable {
    public var status: Int
    public var contentType: String
    public var body: [UInt8]

    public init(status: Int, contentType: String, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// Plain text; the caller ends its last line.
    public init(status: Int, text: String) {
        self.init(status: status, contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
    }

    /// The answer of `/metrics`.
    public static func metrics(of registry: MetricRegistry) -> HTTPResponse {
        HTTPResponse(status: 200, contentType: ExpositionWriter.contentType, body: Array(registry.render().utf8))
    }
}
