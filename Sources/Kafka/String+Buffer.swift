extension String {
    /// What librdkafka wrote, NUL-terminated, into a buffer that it was lent.
    init(buffer: [CChar]) {
        self.init(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
