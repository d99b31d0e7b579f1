import Logging

/// One event, ready to be written in any layout. Pure.
struct LogLine: Sendable {
    /// Fields of every line; metadata of that name gets an underscore, so that no line has a field twice.
    private static let reserved: Set<String> = ["time", "level", "msg"]

    let time: LogTime
    let level: LogLevel
    let message: String
    /// Sorted by name: swift-log's metadata has no order of its own.
    let fields: [(name: String, value: Logger.MetadataValue)]

    init(time: LogTime, level: LogLevel, message: String, metadata: Logger.Metadata) {
        self.time = time
        self.level = level
        self.message = message
        fields = metadata.sorted { $0.key < $1.key }
            .map { (Self.reserved.contains($0.key) ? "\($0.key)_" : $0.key, $0.value) }
    }

    /// The line with its line feed, which is the only one in it.
    func text(_ layout: LogLayout) -> String {
        switch layout {
        case .logfmt: "time=\(time.text) \(logfmt)\n"
        case .journal: "<\(level.priority)>\(logfmt)\n"
        case .json: "\(json)\n"
        }
    }
}
