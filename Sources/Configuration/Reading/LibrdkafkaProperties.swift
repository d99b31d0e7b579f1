/// The properties for librdkafka as they come together from our keys and `kafka.properties`.
struct LibrdkafkaProperties {
    private struct Property {
        var name: String
        var value: KafkaSettings.PropertyValue
        /// Our key that the file gives for it; nil when a default or `kafka.properties` set it.
        var owner: String?
    }

    private var properties: [Property] = []

    /// In the order in which they are to be set.
    var inOrder: [(name: String, value: KafkaSettings.PropertyValue)] {
        properties.map { ($0.name, $0.value) }
    }

    /// The key of the file that each of them comes from.
    var owners: [String: String] {
        Dictionary(
            properties.compactMap { property in property.owner.map { (property.name, $0) } },
            uniquingKeysWith: { _, last in last })
    }

    /// Sets what a key of ours comes to; `kafka.properties` may replace it where the file leaves the key out.
    mutating func setDefault(_ name: String, to value: String, for key: String, in section: CheckedSection) {
        set(name, .plain(value), owner: section.has(key) ? section.path(of: key) : nil)
    }

    /// Sets what a key of the file comes to.
    mutating func set(_ name: String, _ value: KafkaSettings.PropertyValue, owner: String?) {
        properties.append(Property(name: name, value: value, owner: owner))
    }

    /// Takes a property of `kafka.properties` over as it is.
    mutating func pass(_ name: String, _ value: KafkaSettings.PropertyValue) {
        let canonical = LibrdkafkaProperty.canonicalName(name)
        properties.removeAll { LibrdkafkaProperty.canonicalName($0.name) == canonical && $0.owner == nil }
        set(name, value, owner: "kafka.properties")
    }

    /// The value that holds, where it is no secret.
    func plainValue(of name: String) -> String? {
        let canonical = LibrdkafkaProperty.canonicalName(name)
        let last = properties.last { LibrdkafkaProperty.canonicalName($0.name) == canonical }
        if case .plain(let text)? = last?.value { return text }
        return nil
    }

    /// Who has already set the property.
    func owner(of name: String) -> String? {
        let canonical = LibrdkafkaProperty.canonicalName(name)
        return properties.first { LibrdkafkaProperty.canonicalName($0.name) == canonical }?.owner
    }
}
