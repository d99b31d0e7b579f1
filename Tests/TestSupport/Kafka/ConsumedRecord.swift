/// A record as a consumer received it.
public struct ConsumedRecord: Sendable, Equatable {
    public let topic: String
    public let partition: Int32
    public let offset: Int64
    public let key: [UInt8]?
    public let value: [UInt8]?
    public let headers: [Header]
    /// Milliseconds since 1970; nil if the record has none.
    public let timestamp: Int64?

    public struct Header: Sendable, Equatable {
        public let name: String
        public let value: [UInt8]?
    }

    public var keyText: String? { key.map { String(decoding: $0, as: UTF8.self) } }
    public var valueText: String? { value.map { String(decoding: $0, as: UTF8.self) } }

    /// The text of the last header of this name.
    public func header(_ name: String) -> String? {
        headers.last { $0.name == name }?.value.map { String(decoding: $0, as: UTF8.self) }
    }
}
