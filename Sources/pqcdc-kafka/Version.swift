import Configuration
import Kafka
import Postgres

/// pqcdc-kafka's own version.
let version = "0.1.0"

/// What `--version` prints: ours, and the libraries that this process has really loaded.
var versionText: String {
    """
    pqcdc-kafka \(version)
    libpq \(Postgres.LibraryVersion.text)
    librdkafka \(Kafka.LibraryVersion.text)
    libyaml \(Configuration.LibraryVersion.text)
    """
}
