import Configuration
import Kafka
import RowMapping

extension Settings {
    /// What every client of the cluster needs; a producer adds its own.
    var clientProperties: ClientProperties {
        var properties = ClientProperties()
        properties.set("bootstrap.servers", kafka.brokers.joined(separator: ","))
        properties.set("client.id", kafka.clientID)
        for (name, value) in kafka.properties {
            switch value {
            case .plain(let text): properties.set(name, text)
            case .secret(let secret): properties.setSecret(name, secret.reveal())
            }
        }
        return properties
    }
}
