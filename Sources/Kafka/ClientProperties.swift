internal import CLibrdkafka
internal import Glibc

/// librdkafka's configuration properties, in the order in which they are set; a later value wins.
/// <https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md>
public struct ClientProperties: Sendable {
    private var entries: [(name: String, value: String, isSecret: Bool)] = []

    public init() {}

    public mutating func set(_ name: String, _ value: String) { entries.append((name, value, false)) }

    /// Sets a value that never appears in an error.
    public mutating func setSecret(_ name: String, _ value: String) { entries.append((name, value, true)) }

    /// These properties, with `others` set over them.
    func merging(_ others: ClientProperties) -> ClientProperties {
        var merged = self
        merged.entries += others.entries
        return merged
    }

    /// Those of them whose name `isWanted` takes.
    func filtered(_ isWanted: (String) -> Bool) -> ClientProperties {
        var filtered = self
        filtered.entries.removeAll { !isWanted($0.name) }
        return filtered
    }

    /// The value that was set last; nil leaves it to librdkafka. Not for secrets.
    subscript(_ name: String) -> String? { entries.last { $0.name == name }?.value }

    /// The names that were set, for messages.
    public var names: [String] { entries.map(\.name) }

    /// Whether librdkafka takes every property, without connecting anywhere.
    public func check() throws(KafkaError) { rd_kafka_conf_destroy(try makeConfiguration()) }

    /// Why librdkafka refuses a property, in its own words but for the value, which it quotes; nil where it takes it.
    public static func obstacle(_ name: String, _ value: String) -> String? {
        let configuration = rd_kafka_conf_new()
        defer { rd_kafka_conf_destroy(configuration) }
        var text = [CChar](repeating: 0, count: 512)
        switch rd_kafka_conf_set(configuration, name, value, &text, text.count) {
        case RD_KAFKA_CONF_OK: return nil
        case RD_KAFKA_CONF_UNKNOWN: return "librdkafka \(LibraryVersion.text) has no such property"
        default:
            let reason = String(buffer: text)
            // An empty value is in every text.
            return value.isEmpty || !reason.contains(value)
                ? reason : "librdkafka \(LibraryVersion.text) refuses its value"
        }
    }

    /// A configuration object that the caller owns: `rd_kafka_new` takes it over, else `rd_kafka_conf_destroy`.
    func makeConfiguration() throws(KafkaError) -> OpaquePointer {
        let configuration = rd_kafka_conf_new()!
        for entry in entries {
            var refused = false
            let text = String(unsafeUninitializedCapacity: 512) { buffer in
                buffer.withMemoryRebound(to: CChar.self) { text in
                    let result = rd_kafka_conf_set(
                        configuration, entry.name, entry.value, text.baseAddress, text.count)
                    refused = result != RD_KAFKA_CONF_OK
                    return refused ? strlen(text.baseAddress!) : 0
                }
            }
            if refused {
                rd_kafka_conf_destroy(configuration)
                // librdkafka quotes the refused value in its reason.
                let reason = entry.isSecret ? "librdkafka refuses its value" : text
                throw KafkaError(configuration: reason, action: "set the Kafka property \"\(entry.name)\"")
            }
        }
        return configuration
    }
}
